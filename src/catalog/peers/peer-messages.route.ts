import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { ClusterSecretGuard } from '../../http/cluster-secret.guard.js';
import { type DirectAnswer } from '../../http/direct-route.js';
import { Entrance } from '../../http/entrance.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { replicaHeaders } from '../http/answers.js';
import { HttpNetwork } from './http-network.js';
import { envelopesIn } from './peer-messages.js';

/** A batch of a link has at most half of it, a single message of the core far less. */
const BODY_LIMIT_BYTES = 8 * 1024 * 1024;

/**
 * `POST /peer-messages`: every sale passes here once per peer, and the frameworks would cost more than the message. What is not as
 * peers send it goes to a plain Fastify route. Also names the replica on every answer.
 */
@Injectable()
export class PeerMessagesRoute implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly host: ReplicaHost,
    private readonly guard: ClusterSecretGuard,
    private readonly network: HttpNetwork,
    private readonly entrance: Entrance,
  ) {}

  onModuleInit(): void {
    const instance = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    instance.addHook('onSend', (_request, reply, payload, done) => {
      void reply.headers(replicaHeaders(this.host));
      done(null, payload);
    });
    void instance.register((scope, _options, done) => {
      this.addRoute(scope);
      done();
    });
    this.entrance.addDirect({
      method: 'POST',
      path: '/peer-messages',
      bodyLimitBytes: BODY_LIMIT_BYTES,
      allows: this.guard.allows,
      answer: (body) => this.receive(body),
    });
  }

  private receive(body: unknown): DirectAnswer | Promise<DirectAnswer> {
    const envelopes = envelopesIn(body);
    const headers = replicaHeaders(this.host);
    if (envelopes === null) return { status: 422, body: { message: 'Not a list of envelopes' }, headers };
    const held = this.network.takeIn(envelopes);
    if (held === null) return { status: 204, headers };
    return held.then((json) => (json === null ? { status: 204, headers } : { status: 200, json, headers }));
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
      handler: async (request, reply) => {
        const { status, body, json } = await this.receive(request.body);
        return reply
          .code(status)
          .type('application/json; charset=utf-8')
          .send(json ?? body);
      },
    });
  }
}
