import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import { type Server } from 'node:http';
import { type Config } from '../config/index.js';
import { OPERATION_KINDS } from '../contract/catalog-operations.js';
import { CONFIG } from '../runtime/config.token.js';
import { Certificates } from '../runtime/certificates.js';
import { type Connection } from './connection.js';
import { RpcHandlers } from './handlers.js';
import { lineKeys } from './identity.js';
import { Link } from './link.js';
import { type LineAddress, type LineIdentity, openLine } from './opening.js';
import { RpcServer } from './server.js';
import { type Notice } from '../contract/call.js';

/** The lines of this process: those that it keeps to others, and those that others have opened to it. */
@Injectable()
export class Rpc implements OnModuleInit, OnApplicationShutdown {
  readonly identity: LineIdentity;
  private readonly links = new Map<string, Link>();
  private readonly server: RpcServer;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly adapterHost: HttpAdapterHost,
    private readonly handlers: RpcHandlers,
    certificates: Certificates,
  ) {
    const { role, advertisedAddress: address } = config;
    this.identity = {
      self: { role, address, id: randomUUID(), operations: OPERATION_KINDS },
      keys: (audience) => lineKeys(config, audience),
      get tls() {
        return certificates.current;
      },
    };
    this.server = new RpcServer(this.identity, handlers);
  }

  onModuleInit(): void {
    const { httpAdapter } = this.adapterHost;
    this.server.attach(httpAdapter.getHttpServer() as Server);
    // While the server still answers, and before it waits for its connections to end.
    httpAdapter.getInstance<FastifyInstance>().addHook('preClose', () => this.server.leave());
  }

  onApplicationShutdown(): void {
    for (const link of this.links.values()) link.close();
  }

  /** The same one each time. */
  to(
    address: string,
    audience: LineAddress['audience'] = 'roles',
    channel: LineAddress['channel'] = 'calls',
  ): Link {
    const key = `${audience} ${channel} ${address}`;
    let link = this.links.get(key);
    if (link === undefined) {
      const to = { address, audience, channel };
      link = new Link(to, () => openLine(to, this.identity, this.handlers, this.config.connectTimeoutMs));
      this.links.set(key, link);
    }
    return link;
  }

  kept(): readonly Link[] {
    return [...this.links.values()];
  }

  accepted(): readonly Connection[] {
    return this.server.open.filter(({ isOpen }) => isOpen);
  }

  /** To all who have opened a line to this process. */
  tellAll<Content>(notice: Notice<Content>, content: Content): void {
    const json = JSON.stringify(content);
    for (const connection of this.server.open) {
      const { audience, channel } = connection;
      if (audience === notice.audience && channel === 'calls') connection.tell(notice, json);
    }
  }

  /** A line of the roles that is not wanted any more: it would be opened again and again. */
  forget(address: string): void {
    for (const [key, link] of this.links) {
      if (link.to.address !== address || link.to.audience !== 'roles') continue;
      link.close();
      this.links.delete(key);
    }
  }

  /** The line that the process of this id has opened to this one; undefined: there is none now. */
  openedBy(id: string): Connection | undefined {
    return this.server.open.findLast(
      ({ other, channel, isOpen }) => other.id === id && channel === 'calls' && isOpen,
    );
  }
}
