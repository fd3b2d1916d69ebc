import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type CatalogConfig } from '../../config/index.js';
import { ALONE_HEADER, REPLICA_HEADER } from '../../contract/internal.js';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { TRACE_HEADER } from '../../contract/traces.js';
import { type ReadResult } from '../../core/replication/results.js';
import { ClusterSecretGuard } from '../../http/cluster-secret.guard.js';
import { CONFIG } from '../../runtime/config.token.js';
import { type DirectRead, Entrance, type ShortAnswer } from '../../http/entrance.js';
import { writeJson } from '../../http/write-json.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { frontEndIn, mayKeep } from './answers.js';
import { replicaTimeoutMs } from './deadline.js';
import { NOT_FOUND, UNAVAILABLE } from './refusals.js';

const ROUTE = '/query/item/:id';
/** As front-ends write it. */
const ITEM = /^\/query\/item\/([1-9]\d{0,14})$/;

/** What each miss of a front-end asks, answered ahead of Fastify and Nest. What is not plain goes to `QueryController`. */
@Injectable()
export class DirectQueries implements OnModuleInit, DirectRead {
  constructor(
    private readonly host: ReplicaHost,
    @Inject(CONFIG) private readonly config: CatalogConfig,
    private readonly guard: ClusterSecretGuard,
    private readonly entrance: Entrance,
  ) {}

  onModuleInit(): void {
    this.entrance.addDirectRead(this);
  }

  read(request: IncomingMessage, response: ServerResponse): Promise<ShortAnswer> | null {
    if (request.method !== 'GET') return null;
    const digits = ITEM.exec(request.url ?? '')?.[1];
    if (digits === undefined) return null;
    const { headers } = request;
    if (headers[TRACE_HEADER] !== undefined || !this.guard.allows(headers.authorization)) return null;
    const timeoutMs = replicaTimeoutMs(headers, this.config.requestTimeoutMs);
    const frontEndId = frontEndIn(headers);
    return this.host
      .read(Number(digits), timeoutMs, frontEndId)
      .then((result) => this.write(response, result, mayKeep(result, frontEndId)));
  }

  private write(response: ServerResponse, result: ReadResult, mayBeKept: boolean): ShortAnswer {
    const identity = this.host.identity();
    const headers = identity === null ? [] : [REPLICA_HEADER, identity];
    if (mayBeKept) headers.push(ALONE_HEADER, '1');
    const [status, body] = answerOf(result);
    writeJson(response, status, body, headers);
    return { route: ROUTE, status };
  }
}

function answerOf(result: ReadResult): readonly [status: number, body: object] {
  switch (result.kind) {
    case 'found':
      return [200, bookAnswerOf(result.bookId, result.book, result.sequenceNumber)];
    case 'not found':
      return [404, { message: NOT_FOUND }];
    case 'unavailable':
      return [503, { message: UNAVAILABLE }];
    default:
      return result satisfies never;
  }
}
