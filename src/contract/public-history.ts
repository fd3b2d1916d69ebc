import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type BookChange, CHANGE_KINDS, type ChangedField } from './book-history.js';
import { priceOf } from './book-limits.js';

const VALUE = { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }], nullable: true };
const FIELDS = ['title', 'author', 'isbn', 'topic', 'price', 'quantity', 'hidden'] as const;

type Value = string | number | boolean | null;

/** One field that an edit set. */
export class FieldChange {
  @ApiProperty({ enum: FIELDS })
  field: (typeof FIELDS)[number];
  @ApiPropertyOptional({
    ...VALUE,
    example: 50,
    description: 'Left out: not known. Of quantity it never is, for sales change it as well',
  })
  from?: Value;
  @ApiProperty({ ...VALUE, example: 45 })
  to: Value;
}

/** One line of `GET /books/:id/history` */
export class BookChangeAnswer {
  @ApiProperty({ example: 7, description: "Of the entry in the book's ledger" })
  sequenceNumber: number;
  @ApiProperty({ enum: CHANGE_KINDS, description: '`cancelled`: copies of an order came back' })
  kind: (typeof CHANGE_KINDS)[number];
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'Ada Lovelace',
    description:
      'The `X-Admin-Name` that was given with it; null: none, or an earlier release made the change',
  })
  by: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '2026-11-27T10:15:30.000Z',
    description: 'Null: an earlier release made it',
  })
  at: string | null;
  @ApiProperty({ type: [FieldChange], description: 'Of an edit: what it changed' })
  fields: FieldChange[];
  @ApiPropertyOptional({ example: 10, description: 'Added, or taken back into stock' })
  copies?: number;
  @ApiPropertyOptional({ example: 'k3v9d0q8m2x7', description: 'Whose copies came back' })
  orderId?: string;
}

export function bookChangeAnswer({ at, fields, ...change }: BookChange): BookChangeAnswer {
  return {
    ...change,
    at: at === null ? null : new Date(at).toISOString(),
    fields: fields.map(fieldChange),
  };
}

function fieldChange({ field, from, to }: ChangedField): FieldChange {
  if (field !== 'priceCents') return { field, to, ...(from !== undefined && { from }) };
  const shown = (value: Value): Value => (typeof value === 'number' ? priceOf(value) : value);
  return { field: 'price', to: shown(to), ...(from !== undefined && { from: shown(from) }) };
}
