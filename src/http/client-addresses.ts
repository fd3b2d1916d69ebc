import { Inject, Injectable } from '@nestjs/common';
import { type IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { type Config } from '../config/index.js';
import { rangeOf } from '../config/proxies.js';
import { CONFIG } from '../runtime/config.token.js';
import { addressKey } from './address-key.js';

const FORWARDED_FOR = 'x-forwarded-for';

/** Whose request it is: the address of its connection, or behind trusted proxies (TRUST_PROXY) the one that they name. */
@Injectable()
export class ClientAddresses {
  private readonly proxies: BlockList | null;

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'role'> & { readonly trustedProxies?: readonly string[] },
  ) {
    const ranges = config.trustedProxies ?? [];
    this.proxies = ranges.length === 0 ? null : new BlockList();
    for (const each of ranges) {
      for (const { address, prefix, family } of rangeOf(each) ?? []) {
        this.proxies?.addSubnet(address, prefix, family);
      }
    }
  }

  isProxy(address: string | undefined): boolean {
    if (this.proxies === null || address === undefined || isIP(address) === 0) return false;
    return this.proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /** As a key: see `addressKey`. */
  of({ socket, headers }: Pick<IncomingMessage, 'socket' | 'headers'>): string {
    const own = socket.remoteAddress ?? '';
    if (this.proxies === null || !this.isProxy(own)) return addressKey(own);
    const forwarded = headers[FORWARDED_FOR];
    return addressKey(this.nearestClient(own, typeof forwarded === 'string' ? forwarded : ''));
  }

  /** Each proxy adds whom it heard at the end: the last that is no proxy of ours is the client; what stands before it anybody may have written. */
  private nearestClient(own: string, forwarded: string): string {
    let nearest = own;
    for (let end = forwarded.length; end > 0;) {
      const comma = forwarded.lastIndexOf(',', end - 1);
      const hop = withoutPort(forwarded.slice(comma + 1, end).trim());
      if (isIP(hop) === 0) return nearest;
      nearest = hop;
      if (!this.isProxy(hop)) return nearest;
      end = comma;
    }
    return nearest;
  }
}

function withoutPort(hop: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(hop)?.[1] ?? hop;
}
