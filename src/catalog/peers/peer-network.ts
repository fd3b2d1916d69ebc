import { type Invalidation } from '../../core/replication/invalidation.js';
import { type Envelope } from '../../core/replication/messages.js';
import { type Clock, type Network } from '../../core/replication/ports.js';
import { FIRST_OPERATION_KINDS } from '../../contract/catalog-operations.js';
import { type Connection } from '../../rpc/connection.js';
import { type RpcHandlers } from '../../rpc/handlers.js';
import { type Link, type LinkListener } from '../../rpc/link.js';
import { EnvelopeEncoder } from './envelope-encoder.js';
import { Couriers } from './couriers.js';
import { type PostInvalidations } from './invalidation-courier.js';
import { isBulk, peerNotice } from './peer-notice.js';
import { type PeerSpans } from './peer-spans.js';
import { type PeerTracing } from './peer-tracing.js';

/** Where news from the network goes; never called from within `send` or `invalidate`. */
export interface NetworkListener {
  receive(envelopes: readonly Envelope[]): void;
  unreachable(position: number): void;
  invalidated(frontEndId: string, invalidationId: string): void;
}

/** To one peer: what is large and may wait goes over a connection of its own. */
export interface PeerLinks {
  readonly calls: Pick<Link, 'tell' | 'keep' | 'listen'>;
  readonly bulk: Pick<Link, 'tell'>;
}

export interface PeerNetworkOptions {
  readonly leaseMs: number;
  readonly tracing?: PeerTracing;
  readonly spans?: PeerSpans;
}

/** The replica's network: lines to its peers, a courier for each front-end that has something to forget. */
export class PeerNetwork implements Network {
  private readonly encoder = new EnvelopeEncoder();
  private readonly couriers: Couriers;
  private readonly known = new Map<number, readonly string[]>();
  private readonly outOfReach = new Set<number>();
  private listener: NetworkListener | undefined;
  private dropped = 0;

  constructor(
    private readonly options: PeerNetworkOptions,
    /** By their positions in the shared list of addresses. */
    private readonly peers: ReadonlyMap<number, PeerLinks>,
    handlers: Pick<RpcHandlers, 'hear'>,
    postTo: (frontEndId: string, address: string) => PostInvalidations,
    clock: Clock,
    private readonly endOfTurn: (action: () => void) => void = (action) => void setImmediate(action),
  ) {
    this.couriers = new Couriers(
      options.leaseMs,
      postTo,
      (frontEndId, id) => this.listener?.invalidated(frontEndId, id),
      clock,
      endOfTurn,
    );
    handlers.hear(peerNotice, (envelope) => this.deliver(envelope));
    for (const [position, { calls }] of peers) calls.listen(this.watch(position));
  }

  listen(listener: NetworkListener): void {
    this.listener = listener;
    for (const { calls } of this.peers.values()) calls.keep();
  }

  send(to: number, envelope: Envelope): void {
    const links = this.peers.get(to);
    if (links === undefined) return;
    const link = isBulk(envelope.body.kind) ? links.bulk : links.calls;
    const { tracing, spans } = this.options;
    const text = this.encoder.encode(envelope, tracing?.leaving(to, envelope), spans?.leaving(to, envelope));
    // Nobody waits for a commit: the next update brings it along, and peers are woken once for both.
    if (link.tell(peerNotice, text, envelope.body.kind === 'commit' ? 'soon' : 'this turn')) return;
    this.dropped += 1;
    this.tellUnreachable(to);
  }

  invalidate(frontEndId: string, address: string, invalidation: Invalidation): void {
    this.couriers.invalidate(frontEndId, address, invalidation);
  }

  /**
   * Whether an operation, or one with a field, of this name (`OPERATION_KINDS`) may be proposed: each peer has said, since this process
   * started, that it understands it. One that cannot read an entry could neither store nor apply it, and would be of no use to any quorum
   * from then on.
   */
  mayPropose(name: string): boolean {
    if (FIRST_OPERATION_KINDS.includes(name)) return true;
    return [...this.peers.keys()].every((position) => this.known.get(position)?.includes(name) === true);
  }

  /** Messages that were not sent: no connection, or too much waited for a peer. */
  droppedMessages(): number {
    return this.dropped;
  }

  close(): void {
    this.listener = undefined;
    this.couriers.close();
  }

  private deliver(envelope: Envelope): void {
    this.options.tracing?.arrived([envelope]);
    this.options.spans?.arrived(envelope);
    this.listener?.receive([envelope]);
  }

  private watch(position: number): LinkListener {
    return {
      opened: ({ other }: Connection) => void this.known.set(position, other.operations),
      found: (found) => {
        if (found !== 'there') this.listener?.unreachable(position);
      },
    };
  }

  /** Once in a turn, and never from within `send`. */
  private tellUnreachable(position: number): void {
    if (this.outOfReach.has(position)) return;
    this.outOfReach.add(position);
    this.endOfTurn(() => {
      this.outOfReach.delete(position);
      this.listener?.unreachable(position);
    });
  }
}
