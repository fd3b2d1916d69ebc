import { HttpException, Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type FrontendConfig } from '../../config/index.js';
import { type FollowedRequest, wordsFor } from '../../contract/traces.js';
import { traceCall } from '../../contract/watching.js';
import {
  answerTo,
  CLIENT,
  type MessageWords,
  type ProcessTrace,
  type TraceEvent,
} from '../../core/tracing/events.js';
import { mergeTraces } from '../../core/tracing/merge-traces.js';
import { silentProcesses } from '../../core/tracing/silent-processes.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { Rpc } from '../../rpc/rpc.js';
import { TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { bookIn, ShopReader } from '../cache/shop-reader.js';
import { OrdersService } from '../shop/orders.service.js';
import { ClusterWatch } from './cluster-watch.js';
import { type RequestToFollow } from './ops.dto.js';

const MOST_KEPT = 32;
const COLLECT_TIMEOUT_MS = 700;

type Begun = Pick<FollowedRequest, 'traceId' | 'kind' | 'bookId' | 'at' | 'outcome' | 'durationMs'> & {
  /** What the client itself sent and heard. */
  readonly client: ProcessTrace;
};

/** Makes a request as a client would, has every role record what it does for it, and puts together what they recorded. */
@Injectable()
export class RequestFollower {
  private readonly begun = new Map<string, Begun>();

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly recorder: TraceRecorder,
    private readonly reader: ShopReader,
    private readonly orders: OrdersService,
    private readonly cluster: ClusterWatch,
    private readonly rpc: Rpc,
    private readonly clock: SystemClock,
  ) {}

  /** Ends when the client has its answer; what comes after that (commits, for one) is recorded still. */
  async follow(asked: RequestToFollow): Promise<string> {
    const { kind, bookId, quantity } = asked;
    const traceId = randomUUID();
    const tag = { traceId, bookId, messageId: `${CLIENT}#${traceId}` };
    const words = wordsFor(kind, kind === 'buy' ? `${quantity} of it` : null);
    const at = this.clock.wallClockMs();
    const sentAt = this.recorder.now();
    if (asked.forgetFirst) this.reader.cache.forgetBook(bookId);
    this.recorder.received(tag);
    const outcome = await this.perform(asked, traceId);
    this.recorder.answered(tag, outcome);
    const receivedAt = this.recorder.now();
    const client = clientTrace(tag.messageId, this.config.advertisedAddress, words, sentAt, receivedAt);
    this.begun.set(traceId, { traceId, kind, bookId, at, outcome, durationMs: receivedAt - sentAt, client });
    const oldest = this.begun.keys().next();
    if (this.begun.size > MOST_KEPT && oldest.done !== true) this.begun.delete(oldest.value);
    return traceId;
  }

  /** As far as it is recorded by now. Null: forgotten, or never made here. */
  async collect(traceId: string): Promise<FollowedRequest | null> {
    const begun = this.begun.get(traceId);
    if (begun === undefined) return null;
    const { client, ...request } = begun;
    const { advertisedAddress } = this.config;
    const names = await this.cluster.names();
    const own = { address: advertisedAddress, events: this.recorder.events(traceId) };
    const roles = [...names.keys()].filter((address) => address !== advertisedAddress);
    const traces = [
      client,
      own,
      ...(await Promise.all(roles.map((address) => this.trace(address, traceId)))),
    ];
    const messages = mergeTraces([...traces, ...silentProcesses(traces)]);
    const took = new Set(messages.flatMap(({ from, to }) => [from, to]));
    const known = [[CLIENT, 'Client'] as const, ...names];
    const others = [...took].filter((address) => address !== CLIENT && !names.has(address));
    const processes = [...known, ...others.map((address) => [address, nameOfEngine(address)] as const)]
      .filter(([address]) => took.has(address))
      .map(([address, name]) => ({ address, name }));
    return { ...request, processes, messages };
  }

  private async perform(
    { kind, bookId, quantity: copies }: RequestToFollow,
    traceId: string,
  ): Promise<string> {
    try {
      if (kind === 'look-up') return await this.lookUp(bookId);
      const sale = { bookId, copies, operationId: `buy:${traceId}`, expectedPriceCents: null };
      const { total } = await this.orders.order(sale, () => undefined);
      return `bought at ${total.toFixed(2)}`;
    } catch (error) {
      if (error instanceof HttpException) return error.message;
      throw error;
    }
  }

  private async lookUp(bookId: number): Promise<string> {
    const lookup = await this.reader.lookup(bookId);
    if (lookup.kind === 'unreachable') return 'no catalog could be reached';
    if (lookup.kind === 'no such book') return 'no such book';
    const { quantity, price } = bookIn(lookup);
    return `${quantity} copies at ${price.toFixed(2)}`;
  }

  private async trace(address: string, traceId: string): Promise<ProcessTrace> {
    const result = await this.rpc.to(address).call(traceCall, { traceId }, { timeoutMs: COLLECT_TIMEOUT_MS });
    return { address, events: result.kind === 'answered' ? result.answer.events : [] };
  }
}

/** What catalogs share is no role, and says nothing itself. */
function nameOfEngine(address: string): string {
  return address.startsWith('postgres:') ? 'PostgreSQL' : address;
}

function clientTrace(
  messageId: string,
  to: string,
  words: MessageWords,
  sentAt: number,
  receivedAt: number,
): ProcessTrace {
  const events: TraceEvent[] = [
    { kind: 'sent', at: sentAt, messageId, to, words },
    { kind: 'received', at: receivedAt, messageId: answerTo(messageId), note: null },
  ];
  return { address: CLIENT, events };
}
