import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsInt, Min, ValidateNested } from 'class-validator';
import { REFERENCE_LENGTH } from './book-limits.js';
import { IsCopies, IsLine, IsPrice, MayBeLeftOut } from './public-fields.js';

/** Most lines of a basket. */
export const MOST_ITEMS = 50;

/** One line of a basket; those of one book are added up. */
export class BasketItem {
  @ApiProperty({ example: 2 })
  @IsInt()
  @Min(1)
  bookId: number;

  @ApiProperty({ example: 1, minimum: 1, description: 'Copies' })
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

/** The books of a basket: all or nothing. */
export const Items = (required = true): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: [BasketItem],
      required,
      minItems: 1,
      maxItems: MOST_ITEMS,
      description: 'All of them or none; lines of one book are added up',
    }),
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(MOST_ITEMS),
    ValidateNested({ each: true }),
    Type(() => BasketItem),
  );

/** Whatever the client wants to find it by again. */
export const Reference = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      example: 'cart 4711',
      minLength: 1,
      maxLength: REFERENCE_LENGTH,
      description: 'Yours, to find it by again: shown as it is, and never looked into',
    }),
    MayBeLeftOut(),
    IsLine(REFERENCE_LENGTH),
  );

export const LACKS = ['out of stock', 'price changed', 'no such book'] as const;

/** An item that was not to be had. */
export class LackingItem {
  @ApiProperty({ example: 4 })
  bookId: number;
  @ApiPropertyOptional({
    example: 'Cooking for the Impatient Graduate Student',
    description: 'If there is such a book',
  })
  title?: string;
  @ApiProperty({ enum: LACKS })
  reason: (typeof LACKS)[number];
  @ApiProperty({ example: 30, description: 'Copies that were wanted' })
  wanted: number;
  @ApiPropertyOptional({ example: 25, description: 'Copies that can be bought' })
  left?: number;
  @ApiPropertyOptional({ example: 12.5, description: 'What one copy costs now' })
  price?: number;
}
