import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type FrontendConfig } from '../config/index.js';
import { CONFIG } from '../platform/config.token.js';
import { HttpClient } from '../platform/http-client.js';
import { Readiness, type ReadinessState } from '../platform/readiness.js';

const TIMEOUT_MS = 500;

/** A front-end is ready when it can serve look-ups and buys: some catalog and some order server are. */
@Injectable()
export class FrontendReadiness implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly client: HttpClient,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    this.readiness.add('catalogs', () => this.someReady(this.config.catalogAddresses));
    this.readiness.add('order servers', () => this.someReady(this.config.orderAddresses));
  }

  private async someReady(addresses: readonly string[]): Promise<ReadinessState> {
    const asked = await Promise.all(
      addresses.map(async (address) => {
        const request = { method: 'GET', path: '/health/ready', timeoutMs: TIMEOUT_MS } as const;
        const result = await this.client.request(address, request);
        return result.kind === 'answered' && result.status === 200;
      }),
    );
    const count = asked.filter(Boolean).length;
    if (count === 0) return { ready: false, reason: `none of ${addresses.length} is ready` };
    return { ready: true, details: { ready: count, of: addresses.length } };
  }
}
