import { Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type FrontendConfig } from '../../config/index.js';
import { bearerCheck } from '../../http/bearer.js';
import { OperationalPaths } from '../../http/operational-paths.js';
import { type Gate } from '../../http/route-rules.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ShopError } from '../shop/shop.error.js';

/** Administration: 401 without ADMIN_TOKEN; 404 when the server has none. */
@Injectable()
export class AdminTokenGuard implements Gate {
  private readonly allows: ((authorization: string | undefined) => boolean) | null;

  constructor(@Inject(CONFIG) { adminToken }: FrontendConfig, operational: OperationalPaths) {
    this.allows = adminToken === null ? null : bearerCheck([adminToken]);
    if (this.allows !== null) operational.openTo(this.allows);
  }

  check({ headers }: Pick<FastifyRequest, 'headers'>): void {
    if (this.allows === null) throw new ShopError('administration off');
    if (!this.allows(headers.authorization)) throw new ShopError('not administrator');
  }
}
