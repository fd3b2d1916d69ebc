import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Matches, Max, Min } from 'class-validator';
import { HOLD_TTL } from './book-limits.js';
import { PageQuery } from './catalog.js';
import { BasketItem, Items, Reference } from './public-basket.js';
import { MayBeLeftOut } from './public-fields.js';

export const HOLD_STATES = ['held', 'confirmed', 'released', 'expired'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

/** `POST /holds` */
export class NewHold {
  @Items()
  items: BasketItem[];

  @ApiProperty({
    example: 600,
    minimum: HOLD_TTL.shortestSeconds,
    maximum: HOLD_TTL.longestSeconds,
    description: 'How long the copies are kept back for this buyer',
  })
  @IsInt()
  @Min(HOLD_TTL.shortestSeconds)
  @Max(HOLD_TTL.longestSeconds)
  ttlSeconds: number;

  @Reference()
  reference?: string;
}

/** One book of a hold. */
export class HeldItem {
  @ApiProperty({ example: 2 })
  bookId: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 1, description: 'Copies' })
  quantity: number;
  @ApiProperty({ example: 50, description: 'Of one copy: frozen when it was held' })
  price: number;
  @ApiProperty({ example: 50, description: 'Of all copies' })
  total: number;
}

/** `POST /holds`, `GET /holds/:id`, `DELETE /holds/:id`, and one line of `GET /holds` */
export class HoldAnswer {
  @ApiProperty({
    example: 'h2-m8r0k3v9d0001q8m2x7',
    description: 'Cannot be guessed: whoever has it may confirm or release',
  })
  holdId: string;
  @ApiProperty({
    enum: HOLD_STATES,
    description:
      '`held`: the copies are kept back, and may be confirmed, also for a moment after `until`. The others are final',
  })
  state: HoldState;
  @ApiProperty({ type: [HeldItem], description: 'In the order of book ids' })
  items: HeldItem[];
  @ApiProperty({ example: 50, description: 'Of all items' })
  total: number;
  @ApiProperty({
    example: '2026-11-23T10:25:30.000Z',
    description: 'Until then a confirmation is never refused',
  })
  until: string;
  @ApiPropertyOptional({ example: 'm8r0k3v9d0002x7q8m2', description: 'Once it is confirmed' })
  orderId?: string;
  @ApiPropertyOptional({ example: 'cart 4711', description: 'As the client gave it' })
  reference?: string;
}

/** 409 of `POST /holds/:id/confirm` and `DELETE /holds/:id` */
export class HoldRefusal {
  @ApiProperty({ example: 'The hold has expired: its copies are on sale again' })
  message: string;
  @ApiProperty({ enum: ['hold expired', 'hold released', 'sold already'] })
  reason: 'hold expired' | 'hold released' | 'sold already';
  @ApiPropertyOptional({ example: 'm8r0k3v9d0002x7q8m2', description: 'If it is sold already' })
  orderId?: string;
}

/** `GET /holds` */
export class HoldsQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'What is held of this book only' })
  @MayBeLeftOut()
  @Matches(/^\d{1,100}$/, { message: 'bookId must be a number' })
  bookId?: string;

  @Reference()
  reference?: string;
}
