import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Min } from 'class-validator';
import { BookAnswer, MAX_PAGE, PageQuery } from './catalog.js';
import { IsCopies, IsPrice, MayBeLeftOut, WholeNumber } from './public-fields.js';

/** `POST /orders` */
export class NewOrder {
  @ApiProperty({ example: 2 })
  @IsInt()
  @Min(1)
  bookId: number;

  @ApiProperty({ example: 1, minimum: 1 })
  @IsCopies(1)
  quantity: number;

  @ApiPropertyOptional({
    example: 50,
    description: 'The price of one copy that the buyer saw: 409 if it is another now',
  })
  @MayBeLeftOut()
  @IsPrice()
  price?: number;
}

/** `POST /orders`, `GET /orders/:orderId`, and one line of `GET /orders` */
export class OrderAnswer {
  @ApiProperty({ example: 'k3v9d0q8m2x7', description: 'Cannot be guessed' })
  orderId: string;
  @ApiProperty({ example: 2 })
  bookId: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 1 })
  quantity: number;
  @ApiProperty({ example: 50, description: 'Paid for one copy' })
  price: number;
  @ApiProperty({ example: 50, description: 'Paid for all copies' })
  total: number;
  @ApiProperty({ example: '2026-11-23T10:15:30.000Z' })
  orderedAt: string;
  @ApiProperty({ example: 7, description: 'Of the entry in the ledger of the book that holds it' })
  sequenceNumber: number;
  @ApiPropertyOptional({
    example: 1,
    description: 'Copies that were not there: both sides of a split sold (WRITE_POLICY=reachable)',
  })
  oversold?: number;
}

/** 409 of `POST /orders` */
export class OrderRefusal {
  @ApiProperty({ example: 'Book with the specified ID is out of stock' })
  message: string;
  @ApiProperty({ enum: ['out of stock', 'price changed'] })
  reason: 'out of stock' | 'price changed';
  @ApiProperty({ type: BookAnswer, description: 'The book as it is now' })
  book: BookAnswer;
}

export class BuyQuery {
  @ApiPropertyOptional({ default: 1, minimum: 1, description: 'Copies' })
  @WholeNumber()
  @IsCopies(1)
  quantity: number = 1;
}

export class SearchQuery extends PageQuery {
  /** Large, for the original gave all books at once. */
  @ApiPropertyOptional({ default: MAX_PAGE, minimum: 1, maximum: MAX_PAGE })
  override limit: number = MAX_PAGE;
}

/** `PUT /buy/:id` */
export class BuyAnswer {
  @ApiProperty({ description: 'False: out of stock' })
  success: boolean;
  @ApiProperty({ example: 'Book with the specified ID purchased' })
  message: string;
  @ApiPropertyOptional({ example: 'k3v9d0q8m2x7' })
  orderId?: string;
}
