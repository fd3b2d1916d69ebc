import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import { BOOK_LIMITS } from '../../contract/book-limits.js';
import { PROCESS_ACTIONS, type ProcessAction } from '../../contract/supervision.js';

const KINDS = ['look-up', 'buy'] as const;

export class RequestToFollow {
  @IsIn(KINDS)
  kind: (typeof KINDS)[number];

  /** @example 2 */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  bookId: number;

  /** Of a buy: it is a real one. */
  @IsInt()
  @Min(1)
  @Max(BOOK_LIMITS.quantity)
  quantity: number = 1;

  /** Of a look-up: as if this front-end did not have the book in its cache. */
  @IsOptional()
  @IsBoolean()
  forgetFirst: boolean = false;
}

export class ProcessToTouch {
  /** @example catalog 2 */
  @IsString()
  @Length(1, 64)
  name: string;

  @IsIn(PROCESS_ACTIONS)
  action: ProcessAction;
}
