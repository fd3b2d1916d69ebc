import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Min, ValidateIf } from 'class-validator';
import { BookAnswer, MAX_PAGE, PageQuery } from './catalog.js';
import { BasketItem, Items, LackingItem, LACKS, Reference } from './public-basket.js';
import { IsCopies, IsPrice, MayBeLeftOut, WholeNumber } from './public-fields.js';

/** What one book's fields are for: an order of one book has them, one of a basket has none. */
const OfOneBook = (): PropertyDecorator =>
  ValidateIf(({ items }: NewOrder, value) => items === undefined || value !== undefined);

/** `POST /orders`: copies of one book, or `items`, a basket. */
export class NewOrder {
  @ApiPropertyOptional({ example: 2, description: 'Required, but with `items`' })
  @OfOneBook()
  @IsInt()
  @Min(1)
  bookId?: number;

  @ApiPropertyOptional({ example: 1, minimum: 1, description: 'Copies. Required, but with `items`' })
  @OfOneBook()
  @IsCopies(1)
  quantity?: number;

  @ApiPropertyOptional({
    example: 50,
    description: 'The price of one copy that the buyer saw: 409 if it is another now',
  })
  @MayBeLeftOut()
  @IsPrice()
  price?: number;

  @MayBeLeftOut()
  @Items(false)
  items?: BasketItem[];

  @Reference()
  reference?: string;
}

export const ORDER_STATES = ['sold', 'partly cancelled', 'cancelled'] as const;

/** One book of an order. */
export class OrderedItem {
  @ApiProperty({ example: 2 })
  bookId: number;
  @ApiProperty({ example: 'RPCs for Dummies' })
  title: string;
  @ApiProperty({ example: 1, description: 'Copies that were sold' })
  quantity: number;
  @ApiProperty({ example: 50, description: 'Paid for one copy' })
  price: number;
  @ApiProperty({ example: 50, description: 'Paid for all copies' })
  total: number;
  @ApiProperty({
    example: 0,
    description: 'Copies of these that were cancelled since, and are on sale again',
  })
  cancelled: number;
}

/** `POST /orders`, `POST /holds/:id/confirm`, `GET /orders/:orderId`, and one line of `GET /orders` */
export class OrderAnswer {
  @ApiProperty({ example: 'k3v9d0q8m2x7', description: 'Cannot be guessed' })
  orderId: string;
  @ApiProperty({ enum: ORDER_STATES, description: '`cancelled`: all of its copies are' })
  state: (typeof ORDER_STATES)[number];
  @ApiProperty({ type: [OrderedItem], description: 'In the order of book ids' })
  items: OrderedItem[];
  @ApiPropertyOptional({
    example: 2,
    description: 'Only of an order of one book, as are title, quantity and price',
  })
  bookId?: number;
  @ApiPropertyOptional({ example: 'RPCs for Dummies' })
  title?: string;
  @ApiPropertyOptional({ example: 1 })
  quantity?: number;
  @ApiPropertyOptional({ example: 50, description: 'Paid for one copy' })
  price?: number;
  @ApiProperty({ example: 50, description: 'Paid for all items' })
  total: number;
  @ApiProperty({ example: '2026-11-23T10:15:30.000Z' })
  orderedAt: string;
  @ApiProperty({ example: 7, description: 'Of the entry in the ledger of the book that decided it' })
  sequenceNumber: number;
  @ApiPropertyOptional({ example: 'cart 4711', description: 'As the client gave it' })
  reference?: string;
  @ApiPropertyOptional({
    example: 1,
    description: 'Copies that were not there: both sides of a split sold (WRITE_POLICY=reachable)',
  })
  oversold?: number;
}

/** `POST /orders/:orderId/cancel` */
export class Cancellation {
  @ApiPropertyOptional({ example: 2, description: 'Of this book only; left out: of each book of the order' })
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  bookId?: number;

  @ApiPropertyOptional({
    example: 1,
    minimum: 1,
    description:
      'Left out: all that are left. Given, the order has one book, or `bookId` names one of several',
  })
  @MayBeLeftOut()
  @IsCopies(1)
  copies?: number;
}

/** 409 of `POST /orders/:orderId/cancel` */
export class CancellationRefusal {
  @ApiProperty({ example: 'More copies than are left of the order' })
  message: string;
  @ApiProperty({ enum: ['more than was sold'] })
  reason: 'more than was sold';
  @ApiProperty({ type: OrderAnswer, description: 'The order as it is' })
  order: OrderAnswer;
}

/** 409 of `POST /orders` and `POST /holds`: nothing was bought, nothing is held. */
export class OrderRefusal {
  @ApiProperty({ example: 'Book with the specified ID is out of stock' })
  message: string;
  @ApiProperty({ enum: LACKS, description: 'Of the first of `items`' })
  reason: (typeof LACKS)[number];
  @ApiProperty({ type: [LackingItem], description: 'Every item that was not to be had' })
  items: LackingItem[];
  @ApiPropertyOptional({
    type: BookAnswer,
    description: 'Only of an order of one book: the book as it is now',
  })
  book?: BookAnswer;
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
