import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import { IsBoolean, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { BOOK_LIMITS } from './book-limits.js';
import { PageQuery } from './catalog.js';
import {
  IsCopies,
  IsIsbn,
  IsLine,
  IsPrice,
  IsTopic,
  MayBeLeftOut,
  MayBeTakenAway,
  oneWayOfWriting,
} from './public-fields.js';

const { textLength, searchLength, quantity } = BOOK_LIMITS;
const TEXT = { minLength: 1, maxLength: textLength };
const TOPIC = { minLength: 1, maxLength: searchLength };
const PRICE = { example: 28.01, minimum: 0, maximum: 1_000_000, description: 'At most two decimals' };

/** `POST /books`, and a row of an import */
export class NewBook {
  @ApiProperty({ example: 'The Art of Multiprocessor Programming', ...TEXT })
  @IsLine()
  title: string;

  @ApiProperty({ example: 'Distributed Systems', ...TOPIC })
  @IsTopic()
  topic: string;

  @ApiProperty(PRICE)
  @IsPrice()
  price: number;

  @ApiProperty({ example: 12, minimum: 0, maximum: quantity, description: 'Copies' })
  @IsCopies(0)
  quantity: number;

  @ApiPropertyOptional({
    example: '978-0-12-415950-1',
    description: 'ISBN-10, ISBN-13, or a number of your own',
  })
  @MayBeLeftOut()
  @IsIsbn()
  isbn?: string;

  @ApiPropertyOptional({ example: 'Maurice Herlihy, Nir Shavit', ...TEXT })
  @MayBeLeftOut()
  @IsLine()
  author?: string;
}

/** `PATCH /books/:id`: at least one of all but the last; what is left out stays as it is. */
export class BookEdit {
  @ApiPropertyOptional({ example: 'RPCs for Dummies, 2nd edition', ...TEXT })
  @MayBeLeftOut()
  @IsLine()
  title?: string;

  @ApiPropertyOptional({ example: 'Distributed Systems', ...TOPIC })
  @MayBeLeftOut()
  @IsTopic()
  topic?: string;

  @ApiPropertyOptional(PRICE)
  @MayBeLeftOut()
  @IsPrice()
  price?: number;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Maurice Herlihy, Nir Shavit',
    ...TEXT,
    description: 'Null takes it away',
  })
  @MayBeTakenAway()
  @IsLine()
  author?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: '978-0-12-415950-1',
    description: 'ISBN-10, ISBN-13, or a number of your own, which no other book has; null takes it away',
  })
  @MayBeTakenAway()
  @IsIsbn()
  isbn?: string | null;

  @ApiPropertyOptional({
    description:
      'A hidden book is on no page but those of administration, and cannot be bought; its orders and holds stay. `false` brings it back',
  })
  @MayBeLeftOut()
  @IsBoolean()
  hidden?: boolean;

  @ApiPropertyOptional({ example: 12, minimum: 0, maximum: quantity, description: 'Sets the copies left' })
  @MayBeLeftOut()
  @IsCopies(0)
  quantity?: number;

  @ApiPropertyOptional({
    example: 3,
    description: 'The edit holds only if the book still is at this number; else 409',
  })
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  sequenceNumber?: number;
}

/** `GET /books/hidden` */
export class HiddenQuery extends PageQuery {
  @ApiPropertyOptional({ default: '', description: 'Words somewhere in title, author, topic or ISBN' })
  @Transform(({ value }: TransformFnParams) =>
    typeof value === 'string' ? oneWayOfWriting(value) : (value as unknown),
  )
  @IsString()
  @MaxLength(searchLength)
  q: string = '';
}

/** `POST /books/:id/restock` */
export class Restock {
  @ApiProperty({ example: 10, minimum: 1, maximum: quantity, description: 'Copies that are added' })
  @IsCopies(1)
  copies: number;
}
