import { Inject, Injectable } from '@nestjs/common';
import { type CatalogConfig } from '../../config/index.js';
import { type ChangesAnswer, type ChangesRequest } from '../../contract/changes.js';
import { type HoldRecord, type OrderRecord, type OrdersPage } from '../../contract/holding.js';
import { type BookRecord } from '../../contract/ops.js';
import { type SessionGrant } from '../../core/replication/api.js';
import { type ReadResult, type SubmitResult } from '../../core/replication/results.js';
import { type BookId, type HoldId, type Operation } from '../../core/replication/types.js';
import { type ReadinessState } from '../../observability/readiness.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { CatalogEngine, type DumpedListing, type EngineStatus, type Seen } from '../engine.js';
import { ledgerLines } from '../ledger-lines.js';
import { currentRequest } from '../../observability/request-context.js';
import { PeerNetwork } from '../peers/peer-network.js';
import { PeerSpans } from '../peers/peer-spans.js';
import {
  CATALOGUE_INDEX,
  type BookListing,
  type BookQuery,
  type CatalogueIndex,
  type FoundBooks,
  type HiddenFound,
  type HiddenQuery,
  type HistoryFound,
  type HistoryQuery,
  type HoldsFound,
  type HoldsQuery,
  type OrdersQuery,
  type StockPosition,
  type TopicCount,
  type TopicMatch,
} from '../store/catalogue-index.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { ChangeFeed } from './change-feed.js';
import { ReplicaHost } from './replica.host.js';
import { StoreFailures } from './store-failures.js';
import { StoreUpkeep } from './store-upkeep.js';

/** A lease runs out by time alone, and nobody tells. */
const READINESS_LOOK_MS = 100;

/** One replica of all books on its own disk, which agrees with its peers. */
@Injectable()
export class ReplicaEngine extends CatalogEngine {
  private cancelLook: () => void = () => undefined;
  private wasReady = false;

  constructor(
    private readonly host: ReplicaHost,
    private readonly network: PeerNetwork,
    private readonly spans: PeerSpans,
    private readonly store: SqliteStore,
    private readonly failures: StoreFailures,
    private readonly upkeep: StoreUpkeep,
    private readonly feed: ChangeFeed,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
    private readonly clock: SystemClock,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'addresses' | 'position'>,
  ) {
    super();
  }

  start(changed: () => void): void {
    this.failures.listen((error) => this.host.storeFailed(error));
    this.network.listen(this.host);
    this.host.start();
    this.watchReadiness(changed);
    this.upkeep.start();
  }

  state(): ReadinessState {
    const failure = this.host.failure();
    if (failure !== null) return { ready: false, reason: `the store failed: ${failure}` };
    this.index.check();
    if (!this.host.ready()) {
      return { ready: false, reason: 'not caught up, or without a majority of leases' };
    }
    return { ready: true, details: { lastChange: this.host.status()?.lastChange } };
  }

  leave(): Promise<void> {
    return this.host.leave();
  }

  async close(): Promise<void> {
    this.upkeep.stop();
    this.cancelLook();
    this.network.close();
    await this.store.close();
  }

  submit(bookId: BookId, operation: Operation, timeoutMs: number): Promise<SubmitResult> {
    const span = currentRequest()?.span;
    const submit = () => this.host.submit(bookId, operation, timeoutMs);
    return span === undefined ? submit() : this.spans.during(bookId, span, submit);
  }

  read(bookId: BookId, timeoutMs: number, frontEndId: string | null): Promise<ReadResult> {
    const span = currentRequest()?.span;
    const read = () => this.host.read(bookId, timeoutMs, frontEndId);
    return span === undefined ? read() : this.spans.during(bookId, span, read);
  }

  leader(bookId: BookId): string | null {
    const leader = this.host.leader(bookId);
    const { addresses, position } = this.config;
    return leader === null || leader === position ? null : (addresses[leader] ?? null);
  }

  sessionKey(): string | null {
    return this.host.identity();
  }

  session(frontEndId: string, address: string): SessionGrant | null {
    return this.host.session(frontEndId, address);
  }

  endSession(frontEndId: string): void {
    this.host.endSession(frontEndId);
  }

  searchByTopic(text: string, afterId: BookId, limit: number, timeoutMs: number): Seen<TopicMatch[]> {
    return this.host.viewBehindBarrier('titles', timeoutMs, () =>
      this.index.searchByTopic(text, afterId, limit),
    );
  }

  async findBooks(query: BookQuery, timeoutMs: number): Seen<FoundBooks> {
    // Which books come first by price depends on prices that are changing now as well (F7).
    const wanted = query.order === 'price' ? 'everything' : 'titles';
    const view = await this.host.viewBehindBarrier(wanted, timeoutMs, () => this.index.findBooks(query));
    return view && { ...view, cacheable: view.cacheable && query.order !== 'price' };
  }

  orders(query: OrdersQuery, timeoutMs: number): Seen<OrdersPage | undefined> {
    return this.host.viewBehindBarrier('everything', timeoutMs, () => this.index.orders(query));
  }

  order(orderId: string, timeoutMs: number): Seen<OrderRecord | undefined> {
    return this.host.viewBehindBarrier('everything', timeoutMs, () => this.index.order(orderId));
  }

  openHolds(query: HoldsQuery, timeoutMs: number): Seen<HoldsFound | undefined> {
    return this.host.viewBehindBarrier('everything', timeoutMs, () => this.index.openHolds(query));
  }

  hold(holdId: HoldId, timeoutMs: number): Seen<HoldRecord | undefined> {
    return this.host.viewBehindBarrier('everything', timeoutMs, () => this.index.hold(holdId));
  }

  hidden(query: HiddenQuery, timeoutMs: number): Seen<HiddenFound> {
    return this.host.viewBehindBarrier('titles', timeoutMs, () => this.index.hidden(query));
  }

  history(query: HistoryQuery, timeoutMs: number): Seen<HistoryFound | undefined> {
    return this.host.viewBehindBarrier('everything', timeoutMs, () => this.index.history(query));
  }

  changes(request: ChangesRequest): Promise<ChangesAnswer> {
    return Promise.resolve(this.feed.page(request));
  }

  topics(limit: number, after: TopicCount | null): Promise<TopicCount[]> {
    return seenNow(() => this.index.topics(limit, after));
  }

  lowStock(limit: number, after: StockPosition | null): Promise<BookListing[]> {
    return seenNow(() => this.index.lowStock(limit, after));
  }

  books(afterId: BookId, limit: number): Promise<DumpedListing[]> {
    return seenNow(() =>
      this.index
        .books(afterId, limit)
        .map((book) => ({ ...book, valid: this.host.recordStatus(book.id)?.marked ?? false })),
    );
  }

  status(): Promise<EngineStatus | null> {
    return Promise.resolve(this.host.status());
  }

  record(bookId: BookId, lines: number): Promise<{ replicaId: string; record: BookRecord } | null> {
    return seenNow(() => {
      const status = this.host.recordStatus(bookId);
      const replicaId = this.host.status()?.replicaId;
      if (status === null || replicaId === undefined) return null;
      const book = this.store.record(bookId)?.book ?? null;
      const from = Math.max(0, status.committed - lines + 1);
      const record = {
        ...status,
        book: book && { title: book.title, quantity: book.quantity, priceCents: book.priceCents },
        ledger: ledgerLines(this.store.entries(bookId, from, lines)),
      };
      return { replicaId, record };
    });
  }

  stopped(): string {
    return this.host.failure() ?? 'it is stopping';
  }

  private watchReadiness(changed: () => void): void {
    const isReady = this.host.ready();
    if (isReady !== this.wasReady) changed();
    this.wasReady = isReady;
    this.cancelLook = this.clock.after(READINESS_LOOK_MS, () => this.watchReadiness(changed));
  }
}

/** What is known at once; a failure of the store is the promise's. */
function seenNow<T>(see: () => T): Promise<T> {
  return new Promise((resolve) => resolve(see()));
}
