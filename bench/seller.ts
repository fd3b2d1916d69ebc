import { SalesBatcher } from '../src/order/sales-batcher.js';
import { SystemClock } from '../src/runtime/clock.js';
import { type Link } from '../src/rpc/link.js';
import { ownKey } from '../src/http/own-key.js';
import { lineTo } from '../test/support/line.js';
import { type RoleAtWork } from './bookstore.js';

const TIMEOUT_MS = 10_000;

/** Sells through one catalog just as an order server does, with its own batcher and line. */
export class Seller {
  private readonly link: Link;
  private readonly batcher: SalesBatcher;

  constructor(catalog: RoleAtWork) {
    this.link = lineTo(catalog.address, catalog.secret);
    this.batcher = new SalesBatcher(this.link, new SystemClock(), () => undefined);
  }

  /** Whether a copy was sold. */
  async sell(bookId: number): Promise<boolean> {
    const sale = { bookId, operationId: `buy:${ownKey()}`, copies: 1, expectedPriceCents: null };
    const attempt = await this.batcher.sell(sale, TIMEOUT_MS, () => undefined);
    if (attempt.kind !== 'answered' || attempt.result.kind !== 'decided') return false;
    return attempt.result.outcome.kind === 'sold';
  }

  end(): void {
    this.link.close();
  }
}
