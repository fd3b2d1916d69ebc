import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage } from 'node:http';
import { type FrontendConfig } from '../../config/index.js';
import { RateLimiter } from '../../core/overload/rate-limiter.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { Entrance, type Refusal } from '../../http/entrance.js';
import { isVital } from '../../http/overload/vital-paths.js';

const MOST_CLIENTS = 100_000;
/** What a client may have saved up. */
const BURST_SECONDS = 2;
const MESSAGE = 'Too many requests from this address; nothing was done for this one';

/** Bounds the requests of each client address, when RATE_LIMIT_PER_SECOND says so; answers out of the cache count as all others. */
@Injectable()
export class RateLimit implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly entrance: Entrance,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    const perSecond = this.config.rateLimitPerSecond;
    if (perSecond === 0) return;
    const burst = perSecond * BURST_SECONDS;
    const limiter = new RateLimiter({ perSecond, burst, mostClients: MOST_CLIENTS });
    this.entrance.guard({ admit: (request) => this.admit(limiter, request) });
  }

  private admit(limiter: RateLimiter, { url, socket }: IncomingMessage): Refusal | null {
    if (isVital(url)) return null;
    const waitMs = limiter.waitMs(socket.remoteAddress ?? '', this.clock.monotonicMs());
    if (waitMs === 0) return null;
    return { status: 429, message: MESSAGE, retryAfterSeconds: Math.ceil(waitMs / 1000) };
  }
}
