import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { ReplicaHost } from '../replica/replica.host.js';
import { replicaHeaders } from './answers.js';

/** Names the replica on every answer. */
@Injectable()
export class ReplicaHeaders implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly host: ReplicaHost,
  ) {}

  onModuleInit(): void {
    this.adapterHost.httpAdapter
      .getInstance<FastifyInstance>()
      .addHook('onSend', (_request, reply, payload, done) => {
        void reply.headers(replicaHeaders(this.host));
        done(null, payload);
      });
  }
}
