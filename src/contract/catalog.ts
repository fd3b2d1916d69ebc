import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { BOOK_LIMITS, REFERENCE_LENGTH } from './book-limits.js';
import { IsCopies, IsLine, IsPrice, IsTopic, MayBeLeftOut, WholeNumber } from './public-fields.js';

const { textLength, priceCents, quantity } = BOOK_LIMITS;

/** `GET /query/item/:id` */
export class BookAnswer {
  @ApiProperty({ example: 2 })
  id: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
  @ApiProperty({ example: 5, description: 'Copies left' })
  quantity: number;
  @ApiProperty({ example: 50, description: 'At most two decimals' })
  price: number;
  @ApiProperty({ example: 3, description: 'Its version: the number of the last entry that changed the book' })
  sequenceNumber: number;
  @ApiPropertyOptional({ description: 'Only when the book has one' })
  isbn?: string;
  @ApiPropertyOptional({ description: 'Only when the book has one' })
  author?: string;
  @ApiPropertyOptional({
    enum: [true],
    description: 'Only of a book that is hidden, which administrators alone are told of',
  })
  hidden?: true;
}

/** One line of `GET /query/topic/:topic` */
export class FoundBook {
  @ApiProperty({ example: 2 })
  id: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
}

/** `PUT /update/:id`: at least one of the first four. */
export class UpdateRequest {
  @ApiPropertyOptional({ example: 28.01, minimum: 0, maximum: priceCents / 100 })
  @MayBeLeftOut()
  @IsPrice()
  price?: number;

  @ApiPropertyOptional({ example: 12, minimum: 0, maximum: quantity })
  @MayBeLeftOut()
  @IsCopies(0)
  quantity?: number;

  @ApiPropertyOptional({ minLength: 1, maxLength: textLength })
  @MayBeLeftOut()
  @IsLine()
  title?: string;

  @ApiPropertyOptional({ minLength: 1, maxLength: BOOK_LIMITS.searchLength })
  @MayBeLeftOut()
  @IsTopic()
  topic?: string;

  @ApiPropertyOptional({
    example: 3,
    description: 'The update holds only if the book still is at this number',
  })
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  sequenceNumber?: number;
}

export class UpdateAnswer {
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 12 })
  quantity: number;
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
  @ApiProperty({ example: 28.01 })
  price: number;
  @ApiProperty({ example: 4 })
  sequenceNumber: number;
}

/** One line of `GET /dump` */
export class DumpedBook {
  @ApiProperty({ example: 2 })
  id: number;
  @ApiProperty({ example: 3 })
  sequenceNumber: number;
  @ApiProperty({ example: 5 })
  quantity: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
  @ApiProperty({ example: 50 })
  price: number;
  @ApiProperty({ description: 'Whether this replica may answer for the book locally at this moment' })
  valid: boolean;
}

/** One line of `GET /topics` */
export class TopicCount {
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
  @ApiProperty({ example: 2 })
  books: number;
}

/** One line of `GET /books/low-stock` */
export class LowStockBook {
  @ApiProperty({ example: 2 })
  id: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
  @ApiProperty({ example: 0 })
  quantity: number;
  @ApiProperty({ example: 50 })
  price: number;
}

/** Most rows in one answer. */
export const MAX_PAGE = 1_000;
const DEFAULT_PAGE = 100;

class LimitQuery {
  @ApiPropertyOptional({ default: DEFAULT_PAGE, minimum: 1, maximum: MAX_PAGE })
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE)
  limit: number = DEFAULT_PAGE;
}

export class PageQuery extends LimitQuery {
  @ApiPropertyOptional({ description: 'From the `Link: rel="next"` of the page before' })
  @MayBeLeftOut()
  @IsString()
  @Matches(/^[\w.:-]{1,100}$/, { message: 'cursor is not one of this server' })
  cursor?: string;
}

export class TopicsQuery extends LimitQuery {
  @ApiPropertyOptional({ description: 'From the `Link: rel="next"` of the page before' })
  @MayBeLeftOut()
  @IsString()
  // It holds the name of a topic.
  @Matches(/^[\w.-]{1,2000}$/, { message: 'cursor is not one of this server' })
  cursor?: string;
}

export class OrdersQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Orders of this book only' })
  @MayBeLeftOut()
  @Matches(/^\d{1,100}$/, { message: 'bookId must be a number' })
  bookId?: string;

  @ApiPropertyOptional({ example: 'cart 4711', description: 'Orders that were given this reference only' })
  @MayBeLeftOut()
  @IsLine(REFERENCE_LENGTH)
  reference?: string;
}
