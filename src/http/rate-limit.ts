import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage } from 'node:http';
import { type FrontendConfig } from '../config/index.js';
import { RateLimiter } from '../core/overload/rate-limiter.js';
import { CONFIG } from '../runtime/config.token.js';
import { SystemClock } from '../runtime/clock.js';
import { ClientAddresses } from './client-addresses.js';
import { ClusterSecretGuard } from './cluster-secret.guard.js';
import { Entrance, type Refusal } from './entrance.js';

const MOST_CLIENTS = 100_000;
/** What a client may have saved up. */
const BURST_SECONDS = 2;
/** A purchase is agreed on by every catalog, and stored. */
const PURCHASE_COST = 10;
const PURCHASE = /^\/(buy|orders|holds)([/?]|$)/;
const MESSAGE = 'Too many requests from this address; nothing was done for this one';

/**
 * Bounds the requests of each client address, when RATE_LIMIT_PER_SECOND says so; answers out of the cache count as all others. Who bears
 * the cluster's secret is exempt, nobody by path.
 */
@Injectable()
export class RateLimit implements OnModuleInit {
  private readonly logger = new Logger(RateLimit.name);

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly entrance: Entrance,
    private readonly addresses: ClientAddresses,
    private readonly guard: ClusterSecretGuard,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    const perSecond = this.config.rateLimitPerSecond;
    if (perSecond === 0) {
      if (this.config.production) {
        this.logger.warn(
          'RATE_LIMIT_PER_SECOND is not set: the requests of a client are not limited here; behind a proxy set TRUST_PROXY with it, or limit there',
        );
      }
      return;
    }
    // Less than a purchase would never let one pass.
    const burst = Math.max(perSecond * BURST_SECONDS, PURCHASE_COST);
    const limiter = new RateLimiter({ perSecond, burst, mostClients: MOST_CLIENTS });
    const policy = `${burst};w=${Math.ceil(burst / perSecond)}`;
    this.entrance.guard({ admit: (request) => this.admit(limiter, policy, request) });
  }

  private admit(limiter: RateLimiter, policy: string, request: IncomingMessage): Refusal | null {
    const { authorization } = request.headers;
    if (authorization !== undefined && this.guard.allows(authorization)) return null;
    const client = this.addresses.of(request);
    const now = this.clock.monotonicMs();
    const waitMs = limiter.waitMs(client, now, costOf(request));
    if (waitMs === 0) return null;
    const { remaining, fullAfterMs } = limiter.budget(client, now);
    const headers = [
      'ratelimit-policy',
      policy,
      'ratelimit-limit',
      policy.split(';', 1)[0] ?? '',
      'ratelimit-remaining',
      String(remaining),
      'ratelimit-reset',
      String(Math.ceil(fullAfterMs / 1000)),
    ];
    return { status: 429, message: MESSAGE, retryAfterSeconds: Math.ceil(waitMs / 1000), headers };
  }
}

function costOf({ method, url = '' }: IncomingMessage): number {
  const isRead = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
  return !isRead && PURCHASE.test(url) ? PURCHASE_COST : 1;
}
