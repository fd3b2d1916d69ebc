import { monotonic } from '../../core/clocks.js';
import { type Envelope } from '../../core/replication/messages.js';
import { type Notice } from '../../contract/call.js';
import { type Leaves } from '../../rpc/connection.js';
import { type LinkListener } from '../../rpc/link.js';
import { type NoticeListener, type RpcHandlers } from '../../rpc/handlers.js';
import { type PeerLinks, PeerNetwork } from './peer-network.js';
import { peerNotice } from './peer-notice.js';

const envelope = (body: Envelope['body']): Envelope => ({
  from: 'a',
  fromStart: 1,
  fromPosition: 0,
  to: 'b',
  body,
});
const fetch = envelope({ kind: 'fetch', bookId: 3, committed: 4 });
const page = envelope({ kind: 'catch-up', requestId: 1, since: 0, byName: false });
const clock = { monotonicMs: () => monotonic(0), wallClockMs: () => 0, after: () => () => undefined };

class FakePeer implements PeerLinks {
  isUp = true;
  readonly sent: string[] = [];
  readonly leaves: (Leaves | undefined)[] = [];
  readonly sentInBulk: string[] = [];
  listener: LinkListener = {};
  readonly calls = {
    tell: (_notice: unknown, json: string, leaves?: Leaves): boolean => {
      this.leaves.push(leaves);
      return this.isUp && this.sent.push(json) > 0;
    },
    keep: (): void => undefined,
    listen: (listener: LinkListener): void => void (this.listener = listener),
  };
  readonly bulk = { tell: (_notice: unknown, json: string): boolean => this.sentInBulk.push(json) > 0 };
}

describe('PeerNetwork', () => {
  const turns: (() => void)[] = [];
  const events: unknown[] = [];
  const heard = new Map<string, NoticeListener<never>>();
  let peer: FakePeer;
  let network: PeerNetwork;

  beforeEach(() => {
    turns.length = 0;
    events.length = 0;
    peer = new FakePeer();
    const handlers: Pick<RpcHandlers, 'hear'> = {
      hear: <C>({ name }: Notice<C>, listener: NoticeListener<C>) => void heard.set(name, listener),
    };
    const options = { leaseMs: 500 };
    const post = () => () => Promise.resolve(null);
    network = new PeerNetwork(options, new Map([[1, peer]]), handlers, post, clock, (turn) =>
      turns.push(turn),
    );
    network.listen({
      receive: (envelopes) => events.push(...envelopes),
      unreachable: (position) => events.push(position),
      invalidated: () => undefined,
    });
  });

  it('sends pages of a catch-up over a connection of their own', () => {
    network.send(1, fetch);
    network.send(1, page);
    network.send(0, fetch);
    expect(peer.sent.map((json) => JSON.parse(json) as unknown)).toEqual([fetch]);
    expect(peer.sentInBulk.map((json) => JSON.parse(json) as unknown)).toEqual([page]);
  });

  it('lets commits wait for the next message, and nothing else', () => {
    const commit = {
      ...fetch,
      body: {
        kind: 'commit',
        bookId: 1,
        sequenceNumber: 1,
        ballot: { round: 1, replicaId: 'a', startNumber: 1 },
        token: null,
      },
    } as const;
    network.send(1, commit);
    network.send(1, fetch);
    expect(peer.leaves).toEqual(['soon', 'this turn']);
  });

  it('says once, and not from within, that a peer is out of reach', () => {
    peer.isUp = false;
    network.send(1, fetch);
    network.send(1, fetch);
    expect(events).toEqual([]);
    for (const turn of turns) turn();
    expect(events).toEqual([1]);
    expect(network.droppedMessages()).toBe(2);
    peer.listener.found?.('silent');
    peer.listener.found?.('there');
    expect(events).toEqual([1, 1]);
  });

  it('hands on what comes', () => {
    heard.get(peerNotice.name)?.(fetch as never, {} as never);
    expect(events).toEqual([fetch]);
  });

  it('lets a new kind of operation be proposed only when every peer has said that it understands it', () => {
    expect(network.mayPropose('sale')).toBe(true);
    expect(network.mayPropose('loan')).toBe(false);
    peer.listener.opened?.({ other: { operations: ['sale'] } } as never);
    expect(network.mayPropose('loan')).toBe(false);
    peer.listener.opened?.({ other: { operations: ['sale', 'loan'] } } as never);
    expect(network.mayPropose('loan')).toBe(true);
  });

  it.each([[{ ...fetch, body: { kind: 'gossip' } }], [null], [{ ...fetch, fromStart: 1.5 }]])(
    'refuses %j before it reaches the core',
    (value) => {
      expect(() => peerNotice.content(value)).toThrow();
    },
  );
});
