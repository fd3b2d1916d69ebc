import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type FrontendConfig } from '../config/index.js';
import { CONFIG } from '../runtime/config.token.js';
import { Readiness } from '../observability/readiness.js';
import { Upstreams } from '../rpc/upstream/upstreams.js';

/** A front-end is ready when it can serve look-ups and buys: some catalog and some order server are. */
@Injectable()
export class FrontendReadiness implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly upstreams: Upstreams,
    private readonly readiness: Readiness,
  ) {}

  onModuleInit(): void {
    const catalogs = this.upstreams.to('catalog', this.config.catalogAddresses);
    const orderServers = this.upstreams.to('order', this.config.orderAddresses);
    this.readiness.add('catalogs', () => catalogs.readiness());
    this.readiness.add('order servers', () => orderServers.readiness());
  }
}
