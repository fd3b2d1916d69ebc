import { type BeforeApplicationShutdown, Inject, Injectable, type MessageEvent } from '@nestjs/common';
import {
  defer,
  exhaustMap,
  finalize,
  map,
  merge,
  type Observable,
  share,
  Subject,
  takeUntil,
  timer,
} from 'rxjs';
import { type FrontendConfig } from '../../config/index.js';
import { type Call } from '../../contract/call.js';
import {
  type BookOnCatalogs,
  type CatalogStatus,
  type ClusterSnapshot,
  type FrontEndStatus,
  type OrderStatus,
  type Seen,
} from '../../contract/ops.js';
import {
  bookRecordCall,
  catalogStatusCall,
  frontEndStatusCall,
  orderStatusCall,
  readinessCall,
} from '../../contract/watching.js';
import { type BookId } from '../../core/replication/types.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { Rpc } from '../../rpc/rpc.js';
import { OwnStatus } from './own-status.js';
import { Playground } from './playground.js';
import { Siblings } from './siblings.js';

const PERIOD_MS = 1_000;
/** Well within the period: a role that hangs must not stop the picture. */
const LOOK = { timeoutMs: 700 };
const MOST_WATCHERS = 32;

/** Asks every role how it is, as long as somebody watches; all who watch share the answers. */
@Injectable()
export class ClusterWatch implements BeforeApplicationShutdown {
  private readonly stopped = new Subject<void>();
  private readonly snapshots: Observable<MessageEvent>;
  private readonly siblings: Siblings;
  private watchers = 0;

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly rpc: Rpc,
    private readonly clock: SystemClock,
    private readonly own: OwnStatus,
    private readonly playground: Playground,
  ) {
    this.siblings = new Siblings(config.advertisedAddress);
    this.snapshots = timer(0, PERIOD_MS).pipe(
      exhaustMap(() => this.snapshot()),
      map((snapshot) => ({ type: 'cluster', data: snapshot })),
      takeUntil(this.stopped),
      share(),
    );
  }

  /** `bookId`: that book's state on every catalog as well. Null: as many as it takes are watching. */
  watch(bookId: BookId | null): Observable<MessageEvent> | null {
    if (this.watchers >= MOST_WATCHERS) return null;
    return defer(() => {
      this.watchers += 1;
      const events = bookId === null ? this.snapshots : merge(this.snapshots, this.bookEvents(bookId));
      return events.pipe(finalize(() => (this.watchers -= 1)));
    });
  }

  async book(bookId: BookId): Promise<BookOnCatalogs> {
    const catalogs = await Promise.all(
      this.config.catalogAddresses.map(async (address) => {
        const answer = await this.rpc.to(address).answerTo(bookRecordCall, { bookId }, LOOK);
        return answer?.kind === 'record'
          ? { address, replicaId: answer.replicaId, record: answer.record }
          : { address, replicaId: null, record: null };
      }),
    );
    return { bookId, catalogs };
  }

  /** Every catalog, in the order in which they count their positions. */
  catalogs(): Promise<readonly Seen<CatalogStatus>[]> {
    return Promise.all([...this.config.catalogAddresses].sort().map((address) => this.catalog(address)));
  }

  /** Every process by address; asks the catalogs who the front-ends are. */
  async names(): Promise<ReadonlyMap<string, string>> {
    const catalogs = await Promise.all(this.config.catalogAddresses.map((address) => this.catalog(address)));
    this.learn(catalogs);
    const { advertisedAddress, catalogAddresses, orderAddresses } = this.config;
    const frontEnds = [advertisedAddress, ...this.siblings.addresses()].sort();
    const named = (name: string, addresses: readonly string[]): [string, string][] =>
      addresses.map((address, index) => [address, `${name} ${index + 1}`]);
    return new Map([
      ...named('Front-end', frontEnds),
      ...named('Order', orderAddresses),
      ...named('Catalog', catalogAddresses),
    ]);
  }

  /** Streams are never idle: the server would wait for them. */
  beforeApplicationShutdown(): void {
    this.stopped.next();
    this.stopped.complete();
  }

  private async snapshot(): Promise<ClusterSnapshot> {
    const { advertisedAddress, orderAddresses, catalogAddresses } = this.config;
    const known = this.siblings.addresses();
    const [orders, catalogs, siblings, own] = await Promise.all([
      Promise.all(orderAddresses.map((address) => this.server<OrderStatus>(address, orderStatusCall))),
      Promise.all(catalogAddresses.map((address) => this.catalog(address))),
      Promise.all(known.map((address) => this.server<FrontEndStatus>(address, frontEndStatusCall))),
      this.own.read(),
    ]);
    this.learn(catalogs);
    const learned = this.siblings.addresses().filter((address) => !known.includes(address));
    const strangers = await Promise.all(
      learned.map((address) => this.server<FrontEndStatus>(address, frontEndStatusCall)),
    );
    const self = {
      address: advertisedAddress,
      ready: orders.some(({ ready }) => ready) && catalogs.some(({ ready }) => ready),
      status: own,
      answeredInMs: 0,
    };
    const frontEnds = [self, ...siblings, ...strangers].sort((a, b) => (a.address < b.address ? -1 : 1));
    return {
      at: this.clock.wallClockMs(),
      self: advertisedAddress,
      frontEnds,
      orders,
      catalogs,
      processes: this.playground.processes(),
    };
  }

  private learn(catalogs: readonly Seen<CatalogStatus>[]): void {
    for (const address of this.siblings.learn(catalogs, this.clock.monotonicMs())) this.rpc.forget(address);
  }

  private bookEvents(bookId: BookId): Observable<MessageEvent> {
    return timer(0, PERIOD_MS).pipe(
      exhaustMap(() => this.book(bookId)),
      map((book) => ({ type: 'book', data: book })),
      takeUntil(this.stopped),
    );
  }

  private async server<Status>(address: string, call: Call<object, Status>): Promise<Seen<Status>> {
    const from = this.clock.monotonicMs();
    const [{ status, answeredInMs }, readiness] = await Promise.all([
      this.rpc
        .to(address)
        .answerTo(call, {}, LOOK)
        .then((answer) => ({
          status: answer,
          answeredInMs: answer === null ? null : this.clock.monotonicMs() - from,
        })),
      this.rpc.to(address).answerTo(readinessCall, {}, LOOK),
    ]);
    return { address, ready: readiness?.state === 'ready', status, answeredInMs };
  }

  private async catalog(address: string): Promise<Seen<CatalogStatus>> {
    const from = this.clock.monotonicMs();
    const answer = await this.rpc.to(address).answerTo(catalogStatusCall, {}, LOOK);
    const answeredInMs = answer === null ? null : this.clock.monotonicMs() - from;
    const status = answer?.kind === 'status' ? answer.status : null;
    return { address, ready: status?.ready === true, status, answeredInMs };
  }
}
