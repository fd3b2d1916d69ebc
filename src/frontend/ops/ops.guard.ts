import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Gate } from '../../http/route-rules.js';
import { AdminTokenGuard } from '../admin/admin-token.guard.js';
import { Playground } from './playground.js';

const LOOPBACK_IPS = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** Watching: the administration token; under `npm start` being on the same machine is enough. Acting on processes takes the token there too. */
@Injectable()
export class OpsGuard implements Gate {
  constructor(
    private readonly administration: AdminTokenGuard,
    private readonly playground: Playground,
  ) {}

  check(request: Pick<FastifyRequest, 'headers' | 'ip'>): void {
    if (this.playground.processes() !== null && isFromHere(request)) return;
    this.administration.check(request);
  }
}

/** A page from elsewhere may have this machine's browser ask, under another name (Host) or from another place (Origin): that is not from here. */
function isFromHere({ ip, headers: { host, origin } }: Pick<FastifyRequest, 'headers' | 'ip'>): boolean {
  if (!LOOPBACK_IPS.has(ip) || host === undefined || !LOOPBACK_HOST.test(host)) return false;
  return origin === undefined || origin === `http://${host}`;
}
