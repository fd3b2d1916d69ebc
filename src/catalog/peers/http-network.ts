import { type Invalidation } from '../../core/replication/invalidation.js';
import { type Envelope } from '../../core/replication/messages.js';
import { type Clock, type Network } from '../../core/replication/ports.js';
import { type InvalidationsRequest } from '../../contract/internal.js';
import { type HttpClient, jsonOf } from '../../rpc/http-client.js';
import { EnvelopeEncoder } from './envelope-encoder.js';
import { InvalidationCourier } from './invalidation-courier.js';
import { PeerLink } from './peer-link.js';
import { envelopesIn, mannerOf } from './peer-messages.js';
import { type PeerTracing } from './peer-tracing.js';

/** Where news from the network goes; never called from within `send` or `invalidate`. */
export interface NetworkListener {
  receive(envelopes: readonly Envelope[]): void;
  unreachable(position: number): void;
  invalidated(frontEndId: string, invalidationId: string): void;
}

export interface HttpNetworkOptions {
  /** All catalogs' base addresses, sorted; the own one is among them. */
  readonly addresses: readonly string[];
  readonly ownPosition: number;
  readonly requestTimeoutMs: number;
  readonly leaseMs: number;
  readonly tracing?: PeerTracing;
}

/** The replica's network over HTTP: a link for each peer, a courier for each front-end that has something to forget. */
export class HttpNetwork implements Network {
  private readonly encoder = new EnvelopeEncoder();
  private readonly links = new Map<number, PeerLink>();
  private readonly couriers = new Map<string, InvalidationCourier>();
  private listener: NetworkListener | undefined;

  constructor(
    private readonly options: HttpNetworkOptions,
    private readonly client: Pick<HttpClient, 'request'>,
    private readonly clock: Clock,
    private readonly endOfTurn: (action: () => void) => void = (action) => void setImmediate(action),
  ) {
    options.addresses.forEach((address, position) => {
      if (position !== options.ownPosition) this.links.set(position, this.linkTo(address, position));
    });
  }

  listen(listener: NetworkListener): void {
    this.listener = listener;
  }

  send(to: number, envelope: Envelope): void {
    this.links
      .get(to)
      ?.send(envelope.body.kind, this.encoder.encode(envelope, this.options.tracing?.leaving(to, envelope)));
  }

  /**
   * Takes in what a peer sent in one request. Resolves with the JSON to answer it with: messages to that peer that are due
   * within moments, most of them answers; null when there are none.
   */
  takeIn(envelopes: readonly Envelope[]): Promise<string | null> | null {
    const awaited = envelopes.reduce((sum, { body }) => sum + (mannerOf(body.kind) === 'asks' ? 1 : 0), 0);
    const link = this.links.get(envelopes[0]?.fromPosition ?? NaN);
    // Before: some answers are sent at once.
    const answer = awaited === 0 || link === undefined ? null : link.hold(awaited);
    this.deliver(envelopes);
    return answer;
  }

  invalidate(frontEndId: string, address: string, invalidation: Invalidation): void {
    let courier = this.couriers.get(frontEndId);
    if (courier === undefined) {
      courier = this.courierTo(frontEndId, address);
      this.couriers.set(frontEndId, courier);
    }
    courier.bring(invalidation);
  }

  /** Messages dropped because too many waited for a peer. */
  droppedMessages(): number {
    let dropped = 0;
    for (const link of this.links.values()) dropped += link.dropped;
    return dropped;
  }

  close(): void {
    this.listener = undefined;
    for (const link of this.links.values()) link.close();
    for (const courier of this.couriers.values()) courier.close();
    this.couriers.clear();
  }

  private deliver(envelopes: readonly Envelope[]): void {
    this.options.tracing?.arrived(envelopes);
    this.listener?.receive(envelopes);
  }

  private linkTo(address: string, position: number): PeerLink {
    const timeoutMs = this.options.requestTimeoutMs;
    return new PeerLink(
      async (json) => {
        const body = Buffer.from(json);
        const answer = await this.client.request(address, {
          method: 'POST',
          path: '/peer-messages',
          body,
          timeoutMs,
        });
        if (answer.kind !== 'answered') return answer.kind;
        if (answer.status === 200) this.deliver(envelopesIn(jsonOf(answer)) ?? []);
        return answer.status < 300 ? 'delivered' : 'refused';
      },
      () => this.listener?.unreachable(position),
      this.endOfTurn,
      (delayMs, action) => this.clock.after(delayMs, action),
    );
  }

  private courierTo(frontEndId: string, address: string): InvalidationCourier {
    const { leaseMs, requestTimeoutMs } = this.options;
    const timeoutMs = Math.min(requestTimeoutMs, Math.max(leaseMs / 2, 50));
    return new InvalidationCourier(
      async (invalidations) => {
        const body: InvalidationsRequest = { frontEndId, invalidations };
        const answer = await this.client.request(address, {
          method: 'POST',
          path: '/invalidations',
          body,
          timeoutMs,
          observer: this.options.tracing?.invalidating(invalidations),
        });
        return answer.kind === 'answered' && answer.status === 200 ? acknowledgedIn(jsonOf(answer)) : null;
      },
      (invalidationId) => this.listener?.invalidated(frontEndId, invalidationId),
      this.clock,
      this.endOfTurn,
      // Twice the lease, for the front-end's clock and ours may drift; then the session is over without doubt.
      { giveUpMs: 2 * leaseMs, retryMs: Math.max(leaseMs / 20, 5), maxWaiting: 20_000, maxBatch: 500 },
      () => this.couriers.delete(frontEndId),
    );
  }
}

function acknowledgedIn(answer: unknown): readonly string[] | null {
  if (typeof answer !== 'object' || answer === null || !('acknowledged' in answer)) return null;
  const { acknowledged } = answer;
  return Array.isArray(acknowledged) ? acknowledged.filter((id) => typeof id === 'string') : null;
}
