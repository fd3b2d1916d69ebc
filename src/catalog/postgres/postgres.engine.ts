import { Logger } from '@nestjs/common';
import { type PostgresDatabase } from '../../config/index.js';
import { neededFor, signedAt } from '../../contract/catalog-operations.js';
import { type ChangesAnswer, type ChangesRequest } from '../../contract/changes.js';
import { type HoldRecord, type OrderRecord, type OrdersPage } from '../../contract/holding.js';
import { type BookRecord } from '../../contract/ops.js';
import { bookOfHold, EXPIRY_GRACE_MS, MOST_ENDED, SWEEP_MS } from '../../core/replication/holds.js';
import { type SessionGrant } from '../../core/replication/api.js';
import { type Clock, type Random } from '../../core/replication/ports.js';
import { type ReadResult, type SubmitResult } from '../../core/replication/results.js';
import { type BookId, CATALOGUE, type HoldId, type Operation } from '../../core/replication/types.js';
import { type ReadinessState } from '../../observability/readiness.js';
import { currentRequest } from '../../observability/request-context.js';
import { type StartError } from '../../runtime/start-error.js';
import { CatalogEngine, type DumpedListing, type EngineStatus, type Seen } from '../engine.js';
import { Couriers } from '../peers/couriers.js';
import { type PostInvalidations } from '../peers/invalidation-courier.js';
import { type PeerSpans } from '../peers/peer-spans.js';
import { SEED_OPERATIONS } from '../replica/seed-books.js';
import {
  type BookListing,
  type BookQuery,
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
import { findBooks } from './book-finder.js';
import { lookAtBook, lookAtCatalogue, see } from './book-reader.js';
import { type Author, BookWriter, Fenced } from './book-writer.js';
import {
  bookRecord,
  dueBooks,
  hidden,
  history,
  listings,
  lowStock,
  topicMatches,
  topics,
} from './catalogue-lists.js';
import { ChangeFeed } from './change-feed.js';
import { Connected, type ConnectionObserver } from './connected.js';
import { statusOf } from './engine-status.js';
import { allKnow } from './member-statements.js';
import { type Member } from './members.js';
import * as orderLists from './order-lists.js';
import { bookOf } from './rows.js';
import { type FollowedStatements } from './followed-statements.js';
import { type Client, hopeless, reasonFor, type Server, WRITERS } from './server.js';
import { Standbys } from './standbys.js';
import { FirstFailure, inTransaction, mayMend } from './transaction.js';
import { type BatchEnd, type BookBatch, WriteQueue } from './write-queue.js';

export interface PostgresOptions {
  readonly database: PostgresDatabase;
  readonly address: string;
  /** Its place among all catalogs. */
  readonly position: number;
  /** It has a WEBHOOK_URL. */
  readonly delivers: boolean;
  readonly leaseMs: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Ends the process: nothing that it could do would help. */
  readonly giveUp: (error: StartError) => void;
}

const NOT_READY: SubmitResult = { kind: 'not started', reason: 'not ready' };
const UNAVAILABLE = { kind: 'unavailable' } as const;
/** Reads under way at once; more are refused. */
const MAX_READS = 20_000;

/** One PostgreSQL that all catalogs share (docs/protocol.md, P1 to P8): the peers' protocol steps aside, promises stay. */
export class PostgresEngine extends CatalogEngine implements ConnectionObserver {
  private readonly log = new Logger('PostgreSQL');
  readonly connected: Connected;
  private readonly queue: WriteQueue;
  private readonly writer: BookWriter;
  private readonly couriers: Couriers;
  private readonly feed = new ChangeFeed();
  readonly standbys: Standbys;
  private changed: () => void = () => undefined;
  private leaving = false;
  private planted = false;
  private planting = false;
  private reads = 0;
  private cancelSweep: () => void = () => undefined;
  private wasReady = false;

  constructor(
    private readonly options: PostgresOptions,
    private readonly clock: Clock,
    random: Random,
    postTo: (frontEndId: string, address: string) => PostInvalidations,
    private readonly spans: Pick<PeerSpans, 'during'>,
    private readonly statements: Pick<FollowedStatements, 'heard'>,
  ) {
    super();
    const { leaseMs, address, delivers } = options;
    this.couriers = new Couriers(
      leaseMs,
      postTo,
      (id, invalidation) => this.member()?.sessions.invalidated(id, invalidation),
      clock,
    );
    this.standbys = new Standbys(clock);
    this.writer = new BookWriter(random);
    this.queue = new WriteQueue(
      clock,
      () => random.fraction(),
      WRITERS,
      (batches) => this.write(batches),
    );
    const invalidate = this.couriers.invalidate.bind(this.couriers);
    this.connected = new Connected(
      options,
      { address, delivers, leaseMs, token: () => random.token(), invalidate },
      clock,
      this,
    );
  }

  start(changed: () => void): void {
    this.changed = changed;
    this.connected.start();
    this.sweepLater();
  }

  state(): ReadinessState {
    const reason = this.connected.reason();
    if (reason !== null) return { ready: false, reason };
    if (!this.serves()) return { ready: false, reason: 'joined, and waits until front-ends know of it' };
    if (!this.planted) return { ready: false, reason: 'the first books are not there yet' };
    return { ready: true, details: { server: this.connected.server()?.shown } };
  }

  /** From the beats: it may be otherwise now. */
  looked(): void {
    if (!this.planted && !this.planting && this.serves()) void this.plant();
    this.standbys.look(this.connected.server());
    const isReady = this.isReady();
    if (isReady !== this.wasReady) this.changed();
    this.wasReady = isReady;
  }

  async leave(): Promise<void> {
    this.leaving = true;
    this.cancelSweep();
    await this.within(this.options.requestTimeoutMs, this.queue.whenDrained());
    await this.within(2 * this.options.leaseMs, this.connected.leave());
  }

  async close(): Promise<void> {
    this.leaving = true;
    this.cancelSweep();
    this.couriers.close();
    await this.connected.close();
  }

  submit(bookId: BookId, operation: Operation, timeoutMs: number): Promise<SubmitResult> {
    const member = this.member();
    if (this.leaving || member === null || !member.mayWrite()) return Promise.resolve(NOT_READY);
    const mayPropose = (name: string): boolean => allKnow(member.rows, name);
    if (!neededFor(operation).every(mayPropose)) return Promise.resolve(NOT_READY);
    // The first books have fixed ids, 1 to 7: nobody else may take these.
    if (bookId === CATALOGUE && !this.planted) return Promise.resolve(NOT_READY);
    const signed = signedAt(operation, this.clock.wallClockMs(), mayPropose('by'));
    const span = currentRequest()?.span;
    const write = (): Promise<SubmitResult> => this.queue.submit(bookId, signed, timeoutMs);
    return span === undefined ? write() : this.spans.during(bookId, span, write);
  }

  async read(bookId: BookId, timeoutMs: number): Promise<ReadResult> {
    const look = () =>
      this.seeing(timeoutMs, (server) =>
        lookAtBook(server, bookId, (client) => this.statements.heard(client, server, bookId)),
      );
    const span = currentRequest()?.span;
    const found = await (span === undefined ? look() : this.spans.during(bookId, span, look));
    if (found === null) return UNAVAILABLE;
    const { seen, cacheable } = found;
    if (seen === null) return { kind: 'not found', cacheable };
    return { kind: 'found', bookId, book: bookOf(seen), sequenceNumber: seen.version, cacheable };
  }

  leader(): null {
    return null;
  }

  /** P3: what any of them says hangs from all. */
  sessionKey(): string | null {
    return this.connected.engineId();
  }

  session(frontEndId: string, address: string): SessionGrant | null {
    const member = this.member();
    const list = member?.membership.list() ?? null;
    const engine = this.connected.engineId();
    if (this.leaving || member === null || list === null || engine === null) return null;
    const grant = member.sessions.grant(frontEndId, address);
    return grant && { ...grant, shared: { engine, ...list } };
  }

  endSession(frontEndId: string): void {
    this.member()?.sessions.end(frontEndId);
  }

  searchByTopic(text: string, afterId: BookId, limit: number, timeoutMs: number): Seen<TopicMatch[]> {
    return this.seeing(timeoutMs, (server) =>
      lookAtCatalogue(server, (client) => topicMatches(client, text, afterId, limit)),
    );
  }

  async findBooks(query: BookQuery, timeoutMs: number): Seen<FoundBooks> {
    const view = await this.seeing(timeoutMs, (server) =>
      lookAtCatalogue(server, (client) => findBooks(client, query)),
    );
    // Prices are not under the catalogue's lock (F7).
    return view && { ...view, cacheable: view.cacheable && query.order !== 'price' };
  }

  orders(query: OrdersQuery, timeoutMs: number): Seen<OrdersPage | undefined> {
    return this.seeingOnce(timeoutMs, (client) => orderLists.orders(client, query));
  }

  order(orderId: string, timeoutMs: number): Seen<OrderRecord | undefined> {
    return this.seeingOnce(timeoutMs, (client) => orderLists.order(client, orderId));
  }

  openHolds(query: HoldsQuery, timeoutMs: number): Seen<HoldsFound | undefined> {
    return this.seeingOnce(timeoutMs, (client) => orderLists.openHolds(client, query));
  }

  hold(holdId: HoldId, timeoutMs: number): Seen<HoldRecord | undefined> {
    return this.seeingOnce(timeoutMs, (client) => orderLists.hold(client, holdId));
  }

  hidden(query: HiddenQuery, timeoutMs: number): Seen<HiddenFound> {
    return this.seeingOnce(timeoutMs, (client) => hidden(client, query));
  }

  history(query: HistoryQuery, timeoutMs: number): Seen<HistoryFound | undefined> {
    return this.seeingOnce(timeoutMs, (client) => history(client, query));
  }

  async changes(request: ChangesRequest): Promise<ChangesAnswer> {
    const engineId = this.connected.engineId();
    if (engineId === null) return UNAVAILABLE;
    const options = { engineId, position: this.options.position };
    try {
      const view = await this.seeing(this.options.requestTimeoutMs, async (server) => ({
        value: await see(server, (client) => this.feed.page(client, server, request, options)),
        locked: false,
      }));
      return view?.seen ?? UNAVAILABLE;
    } catch (error) {
      this.log.warn(`The feed of changes could not be read: ${reasonFor(error)}`);
      return UNAVAILABLE;
    }
  }

  topics(limit: number, after: TopicCount | null): Promise<TopicCount[]> {
    return this.listed((client) => topics(client, limit, after));
  }

  lowStock(limit: number, after: StockPosition | null): Promise<BookListing[]> {
    return this.listed((client) => lowStock(client, limit, after));
  }

  async books(afterId: BookId, limit: number): Promise<DumpedListing[]> {
    const books = await this.listed((client) => listings(client, afterId, limit));
    return books.map((book) => ({ ...book, valid: true }));
  }

  status(): Promise<EngineStatus | null> {
    const { address } = this.options;
    const now = this.clock.monotonicMs();
    const all = { address, ready: this.isReady(), waiting: this.queue.openCount(), now };
    return Promise.resolve(statusOf(this.connected, this.standbys, all));
  }

  async record(bookId: BookId, lines: number): Promise<{ replicaId: string; record: BookRecord } | null> {
    const member = this.member();
    if (member === null) return null;
    return {
      replicaId: member.replicaId,
      record: await this.listed((client) => bookRecord(client, bookId, lines)),
    };
  }

  stopped(): string {
    return this.connected.reason() ?? 'it is stopping';
  }

  openCallCount(): number {
    return this.queue.openCount() + this.reads;
  }

  giveUp(error: StartError): void {
    this.options.giveUp(error);
  }

  say(text: string): void {
    this.log.log(text);
  }

  warn(text: string): void {
    this.log.warn(text);
  }

  private member(): Member | null {
    return this.connected.member();
  }

  private isReady(): boolean {
    return this.planted && this.serves();
  }

  private serves(): boolean {
    const member = this.member();
    if (this.leaving || member === null || this.connected.reason() !== null) return false;
    return member.mayRead() && member.mayWrite();
  }

  /** P8: what a server says counts only while it takes beats, before it was asked and when it has answered. */
  private async seeing<T>(
    timeoutMs: number,
    look: (server: Server) => Promise<{ readonly value: T; readonly locked: boolean }>,
  ): Promise<{ readonly seen: T; readonly cacheable: boolean } | null> {
    const member = this.member();
    const server = this.connected.server();
    if (this.leaving || member === null || server === null || !member.mayRead() || this.reads >= MAX_READS)
      return null;
    this.reads += 1;
    try {
      const found = await this.within(timeoutMs, look(server));
      if (found === undefined || this.connected.server() !== server || !member.mayRead()) return null;
      return { seen: found.value, cacheable: found.locked };
    } catch (error) {
      if (mayMend(error) || this.endsBy(error)) return null;
      throw error;
    } finally {
      this.reads -= 1;
    }
  }

  /** What nobody keeps. */
  private seeingOnce<T>(timeoutMs: number, look: (client: Client) => Promise<T>): Seen<T> {
    return this.seeing(timeoutMs, async (server) => ({ value: await see(server, look), locked: false }));
  }

  private async listed<T>(look: (client: Client) => Promise<T>): Promise<T> {
    const server = this.connected.server();
    if (server === null) throw new Error(this.stopped());
    return see(server, look);
  }

  private async write(batches: readonly BookBatch[]): Promise<BatchEnd> {
    const member = this.member();
    const server = this.connected.server();
    if (member === null || server === null) return { kind: 'undone', again: true };
    const author: Author = {
      member: member.number,
      replicaId: member.replicaId,
      tell: (effect) => new Promise((resolve) => member.sessions.forget(effect, resolve)),
    };
    let client;
    try {
      client = await server.writers.connect();
    } catch (error) {
      return { kind: 'undone', again: !this.endsBy(error) };
    }
    const failure = new FirstFailure(client);
    const parts = batches.map((batch) => ({
      ...batch,
      client: this.statements.heard(failure.client, server, batch.bookId),
    }));
    // What begins and ends the transaction is part of each: it is told of one that is followed.
    const all = parts.find((part) => part.client !== failure.client)?.client ?? failure.client;
    const ended = await inTransaction(all, failure, this.writer.begin(author), () =>
      this.writer.writeAll(author, parts),
    );
    // A connection on which anything went wrong is not used again.
    client.release(ended.kind !== 'committed');
    switch (ended.kind) {
      case 'committed':
        for (const follower of ended.value.flatMap(({ followers }) => followers)) this.queue.sweep(follower);
        return { kind: 'results', results: ended.value.map(({ results }) => results) };
      case 'undone':
        if (ended.error instanceof Fenced) return { kind: 'undone', again: false };
        if (!ended.again && !this.endsBy(ended.error)) {
          const books = batches.map(({ bookId }) => bookId).join(', ');
          this.log.error(`A write of book ${books} failed: ${reasonFor(ended.error)}`);
        }
        return { kind: 'undone', again: ended.again };
      case 'unknown':
        return { kind: 'unknown' };
      default:
        return ended satisfies never;
    }
  }

  /** What somebody has to see to is met by a catalog that runs as well: rights taken away, a table changed by hand. */
  private endsBy(error: unknown): boolean {
    const fatal = hopeless(error, this.options.database);
    if (fatal !== undefined && !this.leaving) this.options.giveUp(fatal);
    return fatal !== undefined;
  }

  /** The original's seven books; by their operation ids each is created once, whoever else does the same now. */
  private async plant(): Promise<void> {
    this.planting = true;
    // Together: the queue keeps their order, and one transaction holds them.
    const results = await Promise.all(
      SEED_OPERATIONS.map((operation) =>
        this.queue.submit(CATALOGUE, operation, this.options.requestTimeoutMs),
      ),
    );
    this.planting = false;
    this.planted = results.every(({ kind }) => kind === 'decided');
    this.looked();
  }

  /** H3, H5: not all catalogs at the same moment. */
  private sweepLater(): void {
    this.cancelSweep = this.clock.after(SWEEP_MS * (0.5 + Math.random()), () => {
      void this.sweep().finally(() => {
        if (!this.leaving) this.sweepLater();
      });
    });
  }

  private async sweep(): Promise<void> {
    if (!this.isReady()) return;
    try {
      const due = await this.listed((client) => dueBooks(client, EXPIRY_GRACE_MS, MOST_ENDED));
      for (const { bookId, waitsFor } of due) {
        this.queue.sweep(bookId);
        const deciding = waitsFor === null ? null : bookOfHold(waitsFor);
        if (deciding !== null) this.queue.sweep(deciding);
      }
    } catch {
      // The next look finds it.
    }
  }

  /** Undefined: it took longer; a failure after that is nobody's. */
  private within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(timeoutMs, () => resolve(undefined));
      promise.finally(cancel).then(resolve, reject);
    });
  }
}
