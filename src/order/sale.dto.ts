import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { BOOK_LIMITS } from '../contract/book-limits.js';
import { type SaleRequest } from '../contract/internal.js';

export class SaleDto implements SaleRequest {
  /** @example 2 */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  bookId: number;

  /**
   * The same id sells once, through whichever order server or catalog.
   * @example buy:3f0c2a1e
   */
  @IsString()
  @Length(1, BOOK_LIMITS.operationIdLength)
  operationId: string;

  /** @example 1 */
  @IsInt()
  @Min(1)
  @Max(BOOK_LIMITS.quantity)
  copies: number;

  /** The price that the buyer saw, in cents; null for any. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(BOOK_LIMITS.priceCents)
  expectedPriceCents: number | null = null;
}
