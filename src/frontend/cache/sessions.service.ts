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
import { type SessionRequest, type SessionResponse } from '../../contract/internal.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { HttpClient, type HttpAnswer, jsonOf } from '../../rpc/http-client.js';
import { FRONT_END_ID } from '../front-end-id.js';
import { ShopReader } from './shop-reader.js';

/** Until the first catalog has said what its leases are. */
const FIRST_LEASE_MS = 500;
const SHORTEST_LEASE_MS = 20;
/** A session is asked for each quarter of the lease (R3). */
const ASKS_PER_LEASE = 4;
const FAREWELL_MS = 500;

/** Keeps a session with each catalog, so that what they answer may be kept (F1). Begins when this process can be reached. */
@Injectable()
export class SessionsService implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(SessionsService.name);
  private readonly path: string;
  private readonly timers = new Map<string, () => void>();
  private readonly held = new Set<string>();
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    @Inject(FRONT_END_ID) frontEndId: string,
    private readonly reader: ShopReader,
    private readonly client: HttpClient,
    private readonly clock: SystemClock,
    private readonly adapter: HttpAdapterHost,
  ) {
    this.path = `/sessions/${frontEndId}`;
  }

  onModuleInit(): void {
    if (this.config.lookupCacheSize === 0 && this.config.searchCacheSize === 0) return;
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    server.once('listening', () => {
      const request: SessionRequest = { address: this.config.advertisedAddress };
      for (const catalog of this.config.catalogAddresses) void this.keepAsking(catalog, request);
    });
  }

  /** No invalidation comes after a session was given back, so nothing may be served from the caches before that. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    for (const cancel of this.timers.values()) cancel();
    this.reader.sessions.end(this.reader.now());
    await Promise.all(
      [...this.held].map((catalog) =>
        this.client.request(catalog, { method: 'DELETE', path: this.path, timeoutMs: FAREWELL_MS }),
      ),
    );
  }

  private async keepAsking(
    catalog: string,
    request: SessionRequest,
    leaseMs = FIRST_LEASE_MS,
  ): Promise<void> {
    if (this.stopped) return;
    const period = leaseMs / ASKS_PER_LEASE;
    let nextLeaseMs = leaseMs;
    // The next one is asked for in time, whether or not this answer comes.
    const scheduled = this.clock.after(period, () => void this.keepAsking(catalog, request, nextLeaseMs));
    this.timers.set(catalog, scheduled);
    const sentAt = this.reader.now();
    // A grant that comes later than this has run out.
    const result = await this.client.request(catalog, {
      method: 'PUT',
      path: this.path,
      body: request,
      timeoutMs: leaseMs,
    });
    const grant = result.kind === 'answered' ? grantOf(result) : undefined;
    this.tell(catalog, grant !== undefined);
    if (grant === undefined) return;
    nextLeaseMs = Math.max(grant.leaseMs, SHORTEST_LEASE_MS);
    this.reader.sessions.granted(grant, sentAt, this.reader.now());
  }

  private tell(catalog: string, granted: boolean): void {
    if (granted === this.held.has(catalog)) return;
    if (granted) this.held.add(catalog);
    else this.held.delete(catalog);
    this.logger.log(`${granted ? 'session with' : 'no session with'} ${catalog}`);
  }
}

function grantOf(answer: HttpAnswer): SessionResponse | undefined {
  const body = answer.status === 200 ? (jsonOf(answer) as Partial<SessionResponse> | undefined) : undefined;
  if (typeof body?.replicaId !== 'string' || typeof body.startNumber !== 'number') return undefined;
  return typeof body.durationMs === 'number' && typeof body.leaseMs === 'number'
    ? (body as SessionResponse)
    : undefined;
}
