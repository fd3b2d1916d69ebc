import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { LONGEST_CURSOR } from '../core/feed/feed-cursor.js';
import { type ToldEvent } from '../core/feed/told-changes.js';
import { priceOf } from './book-limits.js';
import { MAX_PAGE } from './catalog.js';
import { type ToldChange } from './changes.js';
import { MayBeLeftOut, WholeNumber } from './public-fields.js';

const DEFAULT_LIMIT = 100;
/** Begins with what comes from now on. */
export const FROM_NOW = 'now';

/** `GET /changes` */
export class ChangesQuery {
  @ApiPropertyOptional({
    example: FROM_NOW,
    description:
      '`next`, or a `cursor`, of an answer before: what comes behind it. `now`: only what comes. Left out: all, from the beginning',
  })
  @MayBeLeftOut()
  @Matches(new RegExp(`^[\\w.]{1,${LONGEST_CURSOR}}$`), {
    message: 'since is not a cursor of this bookstore',
  })
  since?: string;

  @ApiPropertyOptional({ default: DEFAULT_LIMIT, minimum: 1, maximum: MAX_PAGE })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = DEFAULT_LIMIT;
}

export const CHANGE_KINDS = [
  'created',
  'edited',
  'restocked',
  'sold',
  'held',
  'released',
  'expired',
  'cancelled',
] as const satisfies readonly ToldEvent['kind'][];

/** One thing that happened to a book. */
export class ChangeEvent {
  @ApiProperty({
    enum: CHANGE_KINDS,
    description: 'More may come in later releases: pass over what you do not know',
  })
  kind: ToldEvent['kind'];
  @ApiPropertyOptional({
    example: 1,
    description:
      'Of `created` and `edited`: how many there are then. Of the others: how many were restocked, sold, held or given back',
  })
  quantity?: number;
  @ApiPropertyOptional({ example: 50, description: 'Of one copy: of created, edited, sold and held' })
  price?: number;
  @ApiPropertyOptional({ example: 'k3v9d0q8m2x7', description: 'Of sold and cancelled' })
  orderId?: string;
  @ApiPropertyOptional({
    example: 'h2-m8r0k3v9d0001q8m2x7',
    description:
      'Of held, released and expired, and of sold if it was held: then these copies have left the stock before. A basket has one for all its books',
  })
  holdId?: string;
  @ApiPropertyOptional({
    example: 'cart 4711',
    description: 'As the client gave it, with the hold or the order. Of a basket with its first book only',
  })
  reference?: string;
  @ApiPropertyOptional({ example: '2026-11-23T10:15:30.000Z', description: 'Of sold' })
  at?: string;
  @ApiPropertyOptional({ example: '2026-11-23T10:25:30.000Z', description: 'Of held' })
  until?: string;
  @ApiPropertyOptional({ description: 'Of sold: copies that were not there (WRITE_POLICY=reachable)' })
  oversold?: number;
  @ApiPropertyOptional({ example: 'RPCs for Dummies', description: 'Of created and edited' })
  title?: string;
  @ApiPropertyOptional({ example: 'Distributed Systems', description: 'Of created and edited' })
  topic?: string;
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Of created and edited; null: it has none any more',
  })
  isbn?: string | null;
  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Of created and edited; null: it has none any more',
  })
  author?: string | null;
  @ApiPropertyOptional({ description: 'Of edited: the book was taken out of the shop, or brought back' })
  hidden?: boolean;
}

/** The book when this was told: of this change, or of a later one. */
export class BookNowAnswer {
  @ApiProperty({ example: 4, description: 'What can be bought' })
  quantity: number;
  @ApiProperty({ example: 50 })
  price: number;
  @ApiProperty({ example: 12, description: 'Of the last change that is in this' })
  number: number;
}

/** One entry of one book's ledger. */
export class ChangeAnswer {
  @ApiProperty({ example: 2 })
  bookId: number;
  @ApiProperty({
    example: 12,
    description:
      'Grows within a book, with gaps. `(bookId, number)` names this change: told again, it is the same',
  })
  number: number;
  @ApiProperty({ type: [ChangeEvent], description: 'At least one, in their order' })
  events: ChangeEvent[];
  @ApiProperty({ type: BookNowAnswer })
  now: BookNowAnswer;
  @ApiProperty({
    example: 'v1.k3v9d0q8m2.0.0.k3v9d0q8m2_1a',
    description: 'As `since`: what comes behind this change',
  })
  cursor: string;
}

/** `GET /changes` */
export class ChangesPage {
  @ApiProperty({ type: [ChangeAnswer], description: 'May be empty while there is more' })
  changes: ChangeAnswer[];
  @ApiProperty({
    example: 'v1.k3v9d0q8m2.0.0.k3v9d0q8m2_1c',
    description: 'As `since`: the next page, whenever there is one',
  })
  next: string;
  @ApiProperty({ description: 'There is more now' })
  more: boolean;
}

export function changeAnswer({ bookId, number, events, now, cursor }: ToldChange): ChangeAnswer {
  return {
    bookId,
    number,
    events: events.map(eventAnswer),
    now: { quantity: now.quantity, price: priceOf(now.priceCents), number: now.number },
    cursor,
  };
}

function eventAnswer(event: ToldEvent): ChangeEvent {
  switch (event.kind) {
    case 'created': {
      const { title, topic, priceCents, quantity, isbn, author } = event.book;
      const named = { ...(isbn !== null && { isbn }), ...(author !== null && { author }) };
      return { kind: event.kind, title, topic, price: priceOf(priceCents), quantity, ...named };
    }
    case 'edited': {
      const { priceCents, ...changes } = event.changes;
      return {
        kind: event.kind,
        ...changes,
        ...(priceCents !== undefined && { price: priceOf(priceCents) }),
      };
    }
    case 'sold': {
      const { copies, priceCents, at, ...sold } = event;
      return { ...sold, quantity: copies, price: priceOf(priceCents), at: new Date(at).toISOString() };
    }
    case 'held': {
      const { copies, priceCents, until, ...held } = event;
      return { ...held, quantity: copies, price: priceOf(priceCents), until: new Date(until).toISOString() };
    }
    case 'restocked':
    case 'released':
    case 'expired':
    case 'cancelled': {
      const { copies, ...changed } = event;
      return { ...changed, quantity: copies };
    }
    default:
      return event satisfies never;
  }
}
