import { type Invalidation } from '../../core/replication/invalidation.js';
import { type Envelope } from '../../core/replication/messages.js';
import { type HttpRequest, type HttpResult } from '../../rpc/http-client.js';
import { HttpNetwork } from './http-network.js';

const ENVELOPE: Envelope = {
  from: 'a',
  fromStart: 1,
  fromPosition: 0,
  to: 'b',
  body: { kind: 'fetch', bookId: 3, committed: 4 },
};
const INVALIDATION: Invalidation = {
  id: 'a.1.1',
  bookIds: [3],
  retitledIds: [],
  topics: [],
  unknownIds: false,
  everySearch: false,
};

const answered = (status: number, body: unknown = null): HttpResult => ({
  kind: 'answered',
  status,
  headers: {},
  body: Buffer.from(body === null ? '' : JSON.stringify(body)),
});

/** Three catalogs, of which this is the first; the test says what every request comes to. */
function setUp(result: HttpResult) {
  const requests: { origin: string; request: HttpRequest }[] = [];
  const turns: (() => void)[] = [];
  const heard: unknown[] = [];
  const network = new HttpNetwork(
    {
      addresses: ['http://a:1', 'http://b:2', 'http://c:3'],
      ownPosition: 0,
      requestTimeoutMs: 1_000,
      leaseMs: 500,
    },
    {
      request: (origin, request) => {
        requests.push({ origin, request });
        return Promise.resolve(result);
      },
    },
    { monotonicMs: () => 0, wallClockMs: () => 0, after: () => () => undefined },
    (action) => turns.push(action),
  );
  network.listen({
    receive: (envelopes) => heard.push(['received', ...envelopes]),
    unreachable: (position) => heard.push(['unreachable', position]),
    invalidated: (frontEndId, id) => heard.push(['invalidated', frontEndId, id]),
  });
  const endTurn = async (): Promise<void> => {
    turns.splice(0).forEach((action) => action());
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { network, requests, heard, endTurn };
}

const bodyOf = (request: HttpRequest | undefined): unknown =>
  Buffer.isBuffer(request?.body) ? JSON.parse(request.body.toString()) : request?.body;

describe('HttpNetwork', () => {
  it('posts envelopes to the peer at that position', async () => {
    const { network, requests, heard, endTurn } = setUp(answered(204));
    network.send(2, ENVELOPE);
    await endTurn();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      origin: 'http://c:3',
      request: { method: 'POST', path: '/peer-messages' },
    });
    expect(bodyOf(requests[0]?.request)).toEqual({ envelopes: [ENVELOPE] });
    expect(heard).toEqual([]);
  });

  it('sends nothing to itself or beyond the list', async () => {
    const { network, requests, endTurn } = setUp(answered(204));
    network.send(0, ENVELOPE);
    network.send(3, ENVELOPE);
    await endTurn();
    expect(requests).toEqual([]);
  });

  it.each<[string, HttpResult]>([
    ['a refused connection', { kind: 'refused', reason: '' }],
    ['an answer that does not come', { kind: 'lost', reason: '' }],
    ['an answer that is none', answered(401)],
  ])('takes %s as a peer out of reach', async (_, result) => {
    const { network, heard, endTurn } = setUp(result);
    network.send(1, ENVELOPE);
    await endTurn();
    expect(heard).toEqual([['unreachable', 1]]);
  });

  it('takes in what a peer answers with', async () => {
    const { network, heard, endTurn } = setUp(answered(200, { envelopes: [ENVELOPE] }));
    network.send(1, ENVELOPE);
    await endTurn();
    expect(heard).toEqual([['received', ENVELOPE]]);
  });

  it('holds a request that asks for something until its answer leaves', async () => {
    const { network, requests, heard, endTurn } = setUp(answered(204));
    const asking: Envelope = { ...ENVELOPE, from: 'b', fromPosition: 1, to: 'a' };
    const held = network.takeIn([asking]);
    expect(heard).toEqual([['received', asking]]);
    const answer: Envelope = {
      ...ENVELOPE,
      body: { kind: 'fetched', bookId: 3, committed: 4, entries: [] },
    };
    network.send(1, answer);
    await endTurn();
    expect(JSON.parse((await held) ?? '')).toEqual({ envelopes: [answer] });
    expect(requests).toEqual([]);
  });

  it.each<[string, Envelope]>([
    ['that asks for nothing', { ...ENVELOPE, fromPosition: 1, body: { kind: 'farewell', life: 'x' } }],
    ['of a stranger', { ...ENVELOPE, fromPosition: 7 }],
  ])('does not hold a request %s', (_, envelope) => {
    const { network, heard } = setUp(answered(204));
    expect(network.takeIn([envelope])).toBeNull();
    expect(heard).toEqual([['received', envelope]]);
  });

  it('posts invalidations to a front-end and tells what it acknowledged', async () => {
    const { network, requests, heard, endTurn } = setUp(answered(200, { acknowledged: ['a.1.1'] }));
    network.invalidate('f', 'http://f:4', INVALIDATION);
    await endTurn();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      origin: 'http://f:4',
      request: { method: 'POST', path: '/invalidations' },
    });
    expect(bodyOf(requests[0]?.request)).toEqual({ frontEndId: 'f', invalidations: [INVALIDATION] });
    expect(heard).toEqual([['invalidated', 'f', 'a.1.1']]);
  });

  it.each<[string, HttpResult]>([
    ['no answer', { kind: 'lost', reason: '' }],
    ['an error', answered(503, { acknowledged: ['a.1.1'] })],
    ['an answer of another shape', answered(200, { acknowledged: 'a.1.1' })],
    ['an answer without a body', answered(200)],
  ])('takes %s as no acknowledgement', async (_, result) => {
    const { network, heard, endTurn } = setUp(result);
    network.invalidate('f', 'http://f:4', INVALIDATION);
    await endTurn();
    expect(heard).toEqual([]);
  });

  it('tells nothing after it is closed', async () => {
    const { network, heard, endTurn } = setUp({ kind: 'refused', reason: '' });
    network.send(1, ENVELOPE);
    network.invalidate('f', 'http://f:4', INVALIDATION);
    network.close();
    await endTurn();
    expect(heard).toEqual([]);
  });
});
