import { HttpException } from '@nestjs/common';
import { SHOP_ERRORS, type ShopErrorCode } from '../../contract/errors.js';
import { type Unserved } from '../../core/balancing/fail-over.js';
import { Overloaded } from '../../http/overload/overloaded.js';

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

/** A read that nobody served: 503 when one of those asked only had too much to do, else 504. */
export function unread(
  code: 'search unreachable' | 'catalog unreachable',
  { overloaded }: Pick<Unserved, 'overloaded'>,
): HttpException {
  return overloaded ? new Overloaded() : new ShopError(code);
}

/** The same of a write. `unknown` tells the client that it may have happened, and to ask again with the same key. */
export function unwritten(
  code: 'buy unreachable' | 'catalog unreachable',
  { mayHaveHappened, overloaded }: Pick<Unserved, 'mayHaveHappened' | 'overloaded'>,
  added: Readonly<Record<string, unknown>> = {},
): HttpException {
  if (overloaded && !mayHaveHappened) return new Overloaded(undefined, added);
  return new ShopError(code, { ...(mayHaveHappened && { outcome: 'unknown' }), ...added });
}
