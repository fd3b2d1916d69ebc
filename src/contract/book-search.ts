import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { BOOK_LIMITS } from './book-limits.js';
import { PageQuery } from './catalog.js';
import { IsLine, MayBeLeftOut } from './public-fields.js';

export const BOOK_ORDERS = ['relevance', 'price', 'title'] as const;
export type BookOrder = (typeof BOOK_ORDERS)[number];

/** Each book that a page shows may cost a look-up. */
const MAX_BOOKS = 100;
const DEFAULT_BOOKS = 20;

/** `1` when no book holds the words as they were typed: the books hold similar ones. */
export const NEAR_HEADER = 'x-bazar-near';

/** `GET /books` */
export class BookSearchQuery extends PageQuery {
  @ApiPropertyOptional({
    default: '',
    maxLength: BOOK_LIMITS.searchLength,
    example: 'life of pi',
    description:
      'Words of title, author, topic, or an ISBN, in any order, the last one as far as it is typed',
  })
  @IsString()
  @MaxLength(BOOK_LIMITS.searchLength)
  q: string = '';

  @ApiPropertyOptional({
    example: 'Distributed Systems',
    description: 'Books of this very topic only; case, accents and Unicode forms do not matter',
  })
  @MayBeLeftOut()
  @IsLine()
  topic?: string;

  @ApiPropertyOptional({ enum: BOOK_ORDERS, default: 'relevance' })
  @IsIn(BOOK_ORDERS)
  sort: BookOrder = 'relevance';

  @ApiPropertyOptional({ default: DEFAULT_BOOKS, minimum: 1, maximum: MAX_BOOKS })
  // One of its own takes the place of all that are inherited.
  @IsInt()
  @Min(1)
  @Max(MAX_BOOKS)
  override limit: number = DEFAULT_BOOKS;
}

/** One line of `GET /books` */
export class BookSummary {
  @ApiProperty({ example: 2 })
  id: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 'Distributed Systems' })
  topic: string;
  @ApiPropertyOptional({ description: 'Only when the book has one' })
  author?: string;
  @ApiProperty({ example: 50 })
  price: number;
  @ApiProperty({ example: 5, description: 'Copies left' })
  quantity: number;
}
