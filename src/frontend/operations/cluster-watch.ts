import { type BeforeApplicationShutdown, Inject, Injectable, type MessageEvent } from '@nestjs/common';
import { defer, exhaustMap, finalize, map, type Observable, share, Subject, takeUntil, timer } from 'rxjs';
import { type FrontendConfig } from '../../config/index.js';
import { REPLICA_HEADER } from '../../contract/internal.js';
import {
  type BookOnCatalogs,
  type CatalogSeen,
  type ClusterSnapshot,
  type OrderServerSeen,
} from '../../contract/operations.js';
import { type RecordStatus, type ReplicaStatus } from '../../core/replication/api.js';
import { type BookId } from '../../core/replication/types.js';
import { SystemClock } from '../../platform/clock.js';
import { CONFIG } from '../../platform/config.token.js';
import { HttpClient, type HttpResult, jsonOf } from '../../platform/http-client.js';
import { FRONT_END_ID } from '../front-end-id.js';
import { OwnCounts } from './own-counts.js';

const PERIOD_MS = 1_000;
/** Well within the period: a role that hangs must not stop the picture. */
const TIMEOUT_MS = 700;
const MOST_WATCHERS = 32;

/** Asks every role how it is, as long as somebody watches; all who watch share the answers. */
@Injectable()
export class ClusterWatch implements BeforeApplicationShutdown {
  private readonly stopped = new Subject<void>();
  private readonly snapshots: Observable<MessageEvent>;
  private watchers = 0;

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    @Inject(FRONT_END_ID) private readonly frontEndId: string,
    private readonly client: HttpClient,
    private readonly clock: SystemClock,
    private readonly counts: OwnCounts,
  ) {
    this.snapshots = timer(0, PERIOD_MS).pipe(
      exhaustMap(() => this.snapshot()),
      map((snapshot) => ({ type: 'cluster', data: snapshot })),
      takeUntil(this.stopped),
      share(),
    );
  }

  /** Null: as many as it takes are watching. */
  watch(): Observable<MessageEvent> | null {
    if (this.watchers >= MOST_WATCHERS) return null;
    return defer(() => {
      this.watchers += 1;
      return this.snapshots.pipe(finalize(() => (this.watchers -= 1)));
    });
  }

  async book(bookId: BookId): Promise<BookOnCatalogs> {
    const catalogs = await Promise.all(
      this.config.catalogAddresses.map(async (address) => {
        const result = await this.ask(address, `/status/${bookId}`);
        const session = result.kind === 'answered' ? result.headers[REPLICA_HEADER] : undefined;
        // `<replicaId>.<startNumber>`
        const replicaId = typeof session === 'string' ? session.replace(/\.\d+$/, '') : null;
        return { address, replicaId, record: bodyOf<RecordStatus>(result) };
      }),
    );
    return { bookId, catalogs };
  }

  /** Streams are never idle: the server would wait for them. */
  beforeApplicationShutdown(): void {
    this.stopped.next();
    this.stopped.complete();
  }

  private async snapshot(): Promise<ClusterSnapshot> {
    const [orders, catalogs, counts] = await Promise.all([
      Promise.all(this.config.orderAddresses.map((address) => this.orderServer(address))),
      Promise.all(this.config.catalogAddresses.map((address) => this.catalog(address))),
      this.counts.read(),
    ]);
    const frontEnd = { id: this.frontEndId, address: this.config.advertisedAddress, ...counts };
    return { at: this.clock.wallClockMs(), frontEnd, orders, catalogs };
  }

  private async orderServer(address: string): Promise<OrderServerSeen> {
    const { result, answeredInMs } = await this.timed(address, '/health/ready');
    return { address, ready: result.kind === 'answered' && result.status === 200, answeredInMs };
  }

  private async catalog(address: string): Promise<CatalogSeen> {
    const { result, answeredInMs } = await this.timed(address, '/status');
    return { address, status: bodyOf<ReplicaStatus>(result), answeredInMs };
  }

  private async timed(
    address: string,
    path: string,
  ): Promise<{ result: HttpResult; answeredInMs: number | null }> {
    const from = this.clock.monotonicMs();
    const result = await this.ask(address, path);
    return { result, answeredInMs: result.kind === 'answered' ? this.clock.monotonicMs() - from : null };
  }

  private ask(address: string, path: string): Promise<HttpResult> {
    return this.client.request(address, { method: 'GET', path, timeoutMs: TIMEOUT_MS });
  }
}

/** The roles are of the same release: their JSON is taken for what it should be. */
function bodyOf<T>(result: HttpResult): T | null {
  if (result.kind !== 'answered' || result.status !== 200) return null;
  return (jsonOf(result) as T | undefined) ?? null;
}
