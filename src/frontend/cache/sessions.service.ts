import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type Server } from 'node:net';
import { type FrontendConfig } from '../../config/index.js';
import { endSessionCall, invalidateCall, sessionCall } from '../../contract/rpc.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { RpcHandlers } from '../../rpc/handlers.js';
import { Rpc } from '../../rpc/rpc.js';
import { CatalogLease } from '../upstream/catalog-lease.js';
import { CacheMetrics } from './cache.metrics.js';
import { ShopReader } from './shop-reader.js';

/** A session is asked for each quarter of the lease (R3). */
const ASKS_PER_LEASE = 4;

/** Keeps a session with each catalog, so that what they answer may be kept (F1). Begins when this process can be reached. */
@Injectable()
export class SessionsService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(SessionsService.name);
  private readonly timers = new Map<string, () => void>();
  private readonly held = new Set<string>();
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly reader: ShopReader,
    private readonly rpc: Rpc,
    private readonly handlers: RpcHandlers,
    private readonly metrics: CacheMetrics,
    private readonly clock: SystemClock,
    private readonly lease: CatalogLease,
    private readonly adapter: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    this.metrics.watchSessions(() => this.held.size);
    this.handlers.handle(invalidateCall, ({ invalidations }) => {
      for (const invalidation of invalidations) this.reader.cache.apply(invalidation);
      this.metrics.invalidated(invalidations.length);
      return { acknowledged: invalidations.map(({ id }) => id) };
    });
    if (this.config.lookupCacheSize === 0 && this.config.searchCacheSize === 0) return;
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    server.once('listening', () => {
      for (const catalog of this.config.catalogAddresses) void this.keepAsking(catalog);
    });
  }

  /** No invalidation comes after a session was given back, so nothing may be served from the caches before that. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const cancel of this.timers.values()) cancel();
    this.reader.sessions.end(this.reader.now());
    // After a lease it has ended by itself.
    const timeoutMs = this.lease.ms;
    await Promise.all(
      [...this.held].map((catalog) => this.rpc.to(catalog).call(endSessionCall, {}, { timeoutMs })),
    );
  }

  private async keepAsking(catalog: string, leaseMs = this.lease.ms): Promise<void> {
    if (this.stopped) return;
    const period = leaseMs / ASKS_PER_LEASE;
    let nextLeaseMs = leaseMs;
    // The next one is asked for in time, whether or not this answer comes.
    const scheduled = this.clock.after(period, () => void this.keepAsking(catalog, nextLeaseMs));
    this.timers.set(catalog, scheduled);
    const sentAt = this.reader.now();
    // A grant that comes later than this has run out.
    const result = await this.rpc.to(catalog).call(sessionCall, {}, { timeoutMs: leaseMs });
    const grant = result.kind === 'answered' && result.answer.kind === 'granted' ? result.answer : null;
    this.tell(catalog, grant !== null);
    if (grant === null) return;
    this.lease.heard(grant.leaseMs);
    nextLeaseMs = this.lease.ms;
    this.reader.sessions.granted(grant, sentAt, this.reader.now());
  }

  private tell(catalog: string, granted: boolean): void {
    if (granted === this.held.has(catalog)) return;
    if (granted) this.held.add(catalog);
    else this.held.delete(catalog);
    this.logger.log(`${granted ? 'session with' : 'no session with'} ${catalog}`);
  }
}
