import { type SaleRequest } from '../../src/contract/internal.js';
import { type Attempt } from '../../src/core/balancing/fail-over.js';
import { type SubmitResult } from '../../src/core/replication/results.js';
import { type SaleAnswer } from '../../src/contract/rpc.js';
import { PurchaseService } from '../../src/order/purchase.service.js';
import { Steering } from '../../src/core/balancing/steering.js';
import { type SaleAttempt } from '../../src/order/sales-batcher.js';
import { VirtualClock, virtualUpstream } from '../support/virtual-clock.js';
import { expectGolden } from './expect-golden.js';

/** By its hash it is asked of A first. */
const BOOK_ID = 9;
const HOP_MS = 1;
const REQUEST_TIMEOUT_MS = 400;
/** What the front-end still gives the order server. */
const TIME_LEFT_MS = 800;

type Reach = 'serves' | 'refuses' | 'hangs';

/** An order server with catalogs A, B, … that serve, refuse connections or hang; every call and answer becomes a line. */
class OrderServer {
  readonly #lines: string[] = [];
  readonly #reach: Record<string, Reach>;
  readonly #service: PurchaseService;
  /** What the catalogs have agreed on, whichever of them was asked. */
  readonly #ledger = new Map<string, SubmitResult>();
  readonly #clock = new VirtualClock();
  readonly #steering: Steering;

  constructor(reach: Record<string, Reach>) {
    this.#reach = reach;
    const names = Object.keys(reach);
    const batchers = names.map((name) => {
      const sell = (
        sale: SaleRequest,
        timeoutMs: number,
        whenAbandoned: Attempt['whenAbandoned'],
      ): Promise<SaleAttempt> => this.#ask(name, sale, timeoutMs, whenAbandoned);
      return [name, { sell }] as const;
    });
    this.#steering = new Steering(names, (name) => name);
    const limits = { requestTimeoutMs: REQUEST_TIMEOUT_MS };
    this.#service = new PurchaseService(
      virtualUpstream(this.#clock, names),
      new Map(batchers),
      this.#steering,
      limits,
    );
  }

  say(text: string): this {
    this.#line(text);
    return this;
  }

  now(reach: Record<string, Reach>): this {
    Object.assign(this.#reach, reach);
    return this;
  }

  async buys(key: string): Promise<this> {
    const sale = { bookId: BOOK_ID, operationId: `buy:${key}`, copies: 1, expectedPriceCents: null };
    const result = await this.#clock.outcomeOf(this.#service.sell(sale, TIME_LEFT_MS));
    this.#line(`order server answers ${describePurchase(result)}`);
    return this;
  }

  text(): string {
    return this.#lines.join('\n') + '\n';
  }

  async #ask(
    name: string,
    sale: SaleRequest,
    timeoutMs: number,
    whenAbandoned: Attempt['whenAbandoned'],
  ): Promise<SaleAttempt> {
    this.#line(`  order -> ${name}  sale ${sale.operationId} of book ${sale.bookId}`);
    const reach = this.#reach[name];
    if (reach === 'refuses') {
      this.#line(`  order -> ${name}  connection refused`);
      return { kind: 'refused', reason: 'ECONNREFUSED' };
    }
    const known = this.#ledger.get(sale.operationId);
    const result = known ?? this.#sold(sale);
    this.#ledger.set(sale.operationId, result);
    if (reach === 'hangs') {
      const passed = await this.#pass(timeoutMs, whenAbandoned);
      this.#line(
        passed ? `  order -> ${name}  no answer in ${timeoutMs} ms` : `  order -> ${name}  given up`,
      );
      return { kind: 'lost', reason: 'no answer in time' };
    }
    await this.#pass(HOP_MS, whenAbandoned);
    const already = known === undefined ? '' : ' already';
    this.#line(`  ${name} -> order  decided${already}: ${describePurchase(result)}`);
    this.#steering.heard([sale], name, { results: [result] });
    return { kind: 'answered', result };
  }

  /** False: it was given up meanwhile. */
  #pass(delayMs: number, whenAbandoned: Attempt['whenAbandoned']): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(delayMs, () => resolve(true));
      whenAbandoned(() => {
        cancel();
        resolve(false);
      });
    });
  }

  #sold({ bookId, operationId, copies, expectedPriceCents }: SaleRequest): SubmitResult {
    return {
      kind: 'decided',
      operation: { kind: 'sale', operationId, copies, expectedPriceCents },
      outcome: { kind: 'sold', orderId: `order-of-${operationId.slice(4)}`, priceCents: 5_000, at: 0 },
      entryNumber: this.#ledger.size + 1,
      bookId,
      sequenceNumber: this.#ledger.size + 1,
      book: null,
    };
  }

  #line(text: string): void {
    this.#lines.push(`${`${Math.round(this.#clock.now)} ms`.padStart(8)}  ${text}`);
  }
}

function describePurchase(result: SaleAnswer): string {
  if (result.kind === 'unreachable') {
    return `504, ${result.mayHaveSold ? 'outcome unknown: one of them may have sold' : 'nothing was sold'}`;
  }
  if (result.kind !== 'decided') return result.kind;
  return result.outcome.kind === 'sold' ? `sold, ${result.outcome.orderId}` : result.outcome.kind;
}

it('order with its catalog out of reach: a stand-in sells, once', async () => {
  const server = new OrderServer({ A: 'refuses', B: 'serves' });
  await server.say('catalog A, which leads the book, is down; B stands in; a client buys').buys('a');
  await server.say('another buys: B leads the book now, so it is asked first').buys('b');
  await server.now({ A: 'hangs', B: 'refuses' }).say('A hangs, having got the sale; B is down').buys('c');
  await server.now({ B: 'serves' }).say('the client sends the same key again, when B is back').buys('c');
  await server.now({ A: 'refuses', B: 'refuses' }).say('both are down; a client buys').buys('d');
  expectGolden('order-catalog-out-of-reach', server.text());
});
