import { SalesBatcher } from '../src/order/sales-batcher.js';
import { SystemClock } from '../src/runtime/clock.js';
import { HttpClient } from '../src/rpc/http-client.js';
import { ownKey } from '../src/http/own-key.js';
import { type RoleAtWork } from './bookstore.js';

const TIMEOUT_MS = 10_000;

/** Sells through one catalog just as an order server does, with its own batcher and client. */
export class Seller {
  private readonly client: HttpClient;
  private readonly batcher: SalesBatcher;

  constructor(catalog: RoleAtWork) {
    this.client = new HttpClient({ clusterSecret: catalog.secret, connectTimeoutMs: TIMEOUT_MS });
    this.batcher = new SalesBatcher(this.client, catalog.address, new SystemClock());
  }

  /** Whether a copy was sold. */
  async sell(bookId: number): Promise<boolean> {
    const sale = { bookId, operationId: `buy:${ownKey()}`, copies: 1, expectedPriceCents: null };
    const attempt = await this.batcher.sell(sale, TIMEOUT_MS, new AbortController().signal);
    if (attempt.kind !== 'answered' || attempt.result.kind !== 'decided') return false;
    return attempt.result.outcome.kind === 'sold';
  }

  async end(): Promise<void> {
    await this.client.onApplicationShutdown();
  }
}
