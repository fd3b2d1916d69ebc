import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsString, MaxLength } from 'class-validator';
import { MayBeLeftOut } from './public-fields.js';

/** A parameter may stand once or several times. */
function asList({ value }: TransformFnParams): unknown {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

const SWITCH = ['true', 'false'];
const MOST_WISHES = 6;
const LONGEST_WISH = 300;

/** `POST /books/import` */
export class ImportQuery {
  @ApiPropertyOptional({
    type: [String],
    example: ['title=Name', 'topic=Category'],
    description: 'Which column is which field, where its name does not tell',
  })
  @Transform(asList)
  @ArrayMaxSize(MOST_WISHES)
  @IsString({ each: true })
  @MaxLength(LONGEST_WISH, { each: true })
  map: string[] = [];

  @ApiPropertyOptional({
    type: [String],
    example: ['topic=Novels', 'quantity=1'],
    description: 'What a field is in rows that do not say it',
  })
  @Transform(asList)
  @ArrayMaxSize(MOST_WISHES)
  @IsString({ each: true })
  @MaxLength(LONGEST_WISH, { each: true })
  set: string[] = [];

  @ApiPropertyOptional({ example: ';', description: 'One character, or `tab`; found out if it is not said' })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(16)
  separator?: string;

  @ApiPropertyOptional({
    example: 'windows-1252',
    description:
      'UTF-8 and UTF-16 are found out; others have to be said, by a name of the WHATWG encoding standard',
  })
  @MayBeLeftOut()
  @IsString()
  @MaxLength(40)
  encoding?: string;

  @ApiPropertyOptional({
    enum: SWITCH,
    description: 'Sets prices and copies of books that are there already to what the file says',
  })
  @MayBeLeftOut()
  @IsIn(SWITCH)
  update?: string;

  @ApiPropertyOptional({
    enum: SWITCH,
    description: 'Changes nothing: answers what is understood of the beginning of the file (ImportPreview)',
  })
  @MayBeLeftOut()
  @IsIn(SWITCH)
  preview?: string;
}

export class RejectedRow {
  @ApiProperty({ example: 17, description: 'Where the row begins; the first line is 1' })
  line: number;
  @ApiProperty({ example: 'price must be a number from 0 to 1000000 with at most two decimals' })
  reason: string;
}

export class DifferingRow {
  @ApiProperty({ example: 17 })
  line: number;
  @ApiProperty({ example: 2 })
  bookId: number;
  @ApiProperty({ enum: ['price', 'quantity'], isArray: true })
  fields: ('price' | 'quantity')[];
}

/** How a file was read. */
export class FileUnderstood {
  @ApiProperty({ example: 'utf-8' })
  encoding: string;
  @ApiProperty({ type: String, nullable: true, example: ';', description: 'Null: JSON lines' })
  separator: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
    example: { title: ['Name'], topic: ['Category'] },
    description:
      'Columns, by the field that they are taken for; the first of several that says something counts',
  })
  columns: Readonly<Record<string, readonly string[]>>;
  @ApiProperty({ type: [String], description: 'Columns that say nothing of what a book has here' })
  leftOut: readonly string[];
}

export class ImportReport {
  @ApiProperty({ example: 4997 })
  created: number;
  @ApiProperty({
    example: 3,
    description:
      'Rows whose isbn (title and author of those without) a book already has, with this price and as many copies',
  })
  unchanged: number;
  @ApiProperty({ example: 0, description: 'Books that got the price or copies of their row (`update=true`)' })
  updated: number;
  @ApiProperty({
    type: [DifferingRow],
    description: 'The same without `update=true`; at most the first 1,000',
  })
  differs: DifferingRow[];
  @ApiProperty({ example: 0, description: 'How many there were' })
  differsCount: number;
  @ApiProperty({ type: [RejectedRow], description: 'At most the first 1,000' })
  rejected: RejectedRow[];
  @ApiProperty({ example: 1, description: 'How many there were' })
  rejectedCount: number;
  @ApiProperty({ type: FileUnderstood })
  understood: FileUnderstood;
}

export class PreviewedBook {
  @ApiProperty({ example: 2 })
  line: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
  @ApiProperty({ example: 50 })
  price: number;
  @ApiProperty({ example: 5 })
  quantity: number;
  @ApiPropertyOptional()
  isbn?: string;
  @ApiPropertyOptional()
  author?: string;
}

/** `POST /books/import?preview=true` */
export class ImportPreview {
  @ApiProperty({ type: FileUnderstood })
  understood: FileUnderstood;
  @ApiProperty({
    type: [String],
    example: ['topic'],
    description: 'Fields that no column was found for: say which it is, or set them',
  })
  missing: readonly string[];
  @ApiProperty({ type: [PreviewedBook], description: 'The first of them' })
  books: PreviewedBook[];
  @ApiProperty({ type: [RejectedRow], description: 'The first of them' })
  rejected: RejectedRow[];
}
