import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { REPLICA_HEADER } from '../../contract/internal.js';
import { ClusterSecretGuard } from '../../platform/cluster-secret.guard.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { envelopesIn } from './peer-messages.js';
import { PeerTracing } from './peer-tracing.js';

/** A batch of a link has at most half of it, a single message of the core far less. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * `POST /peer-messages` as a plain Fastify route: every sale passes here once per peer, and Nest's pipeline would cost more
 * than the message. Also names the replica on every answer.
 */
@Injectable()
export class PeerMessagesRoute implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly host: ReplicaHost,
    private readonly guard: ClusterSecretGuard,
    private readonly tracing: PeerTracing,
  ) {}

  onModuleInit(): void {
    const instance = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    instance.addHook('onSend', (_request, reply, payload, done) => {
      const identity = this.host.identity();
      if (identity !== null) void reply.header(REPLICA_HEADER, identity);
      done(null, payload);
    });
    void instance.register((scope, _options, done) => {
      this.addRoute(scope);
      done();
    });
  }

  private addRoute(scope: FastifyInstance): void {
    scope.removeContentTypeParser('application/json');
    // Unlike the usual parser it does not look for prototype poisoning: nothing is merged from here, and peers are known.
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES },
      (_request, text, done) => {
        try {
          done(null, JSON.parse(text as string));
        } catch {
          done(null, undefined);
        }
      },
    );
    scope.route({
      method: 'POST',
      url: '/peer-messages',
      bodyLimit: BODY_LIMIT_BYTES,
      onRequest: (request, reply, done) => {
        if (this.guard.allows(request.headers.authorization)) done();
        else void reply.code(401).send({ message: 'The cluster secret is missing or wrong' });
      },
      handler: (request, reply) => {
        const envelopes = envelopesIn(request.body);
        if (envelopes === null) return reply.code(422).send({ message: 'Not a list of envelopes' });
        this.tracing.arrived(envelopes);
        this.host.receive(envelopes);
        return reply.code(204).send();
      },
    });
  }
}
