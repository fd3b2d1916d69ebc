import { HttpException } from '@nestjs/common';
import { SHOP_ERRORS, type ShopErrorCode } from '../contract/errors.js';

/** A refusal of the table in `contract/errors.ts`, with what the path adds to its body. */
export class ShopError extends HttpException {
  constructor(
    readonly code: ShopErrorCode,
    added: Readonly<Record<string, unknown>> = {},
  ) {
    const [status, message] = SHOP_ERRORS[code];
    super({ message, ...added }, status);
  }
}

/** 504 of a write: `unknown` tells the client that it may have happened, and to ask again with the same key. */
export function unreachable(
  code: 'buy unreachable' | 'catalog unreachable',
  mayHaveHappened: boolean,
  added: Readonly<Record<string, unknown>> = {},
): ShopError {
  return new ShopError(code, { ...(mayHaveHappened && { outcome: 'unknown' }), ...added });
}
