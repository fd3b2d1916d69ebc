import { connect } from 'node:net';
import { Answers, type Answered } from '../../src/observability/answers.js';
import { Entrance } from '../../src/http/entrance.js';
import { type Behaviour } from './fake-server.js';
import { BOOK, FrontEndBeforeFakes } from './frontend-fakes.js';

interface Manner {
  readonly headers?: readonly string[];
  readonly version?: '1.0' | '1.1';
  /** `Connection: close`, instead of going once the answer is whole. */
  readonly close?: boolean;
}

/** The bytes of an answer as they come over the wire, but for the time, and the id that caches give none of. */
function raw(address: string, method: string, path: string, manner: Manner = {}): Promise<string> {
  const { headers = [], version = '1.1', close = true } = manner;
  const { hostname, port, host } = new URL(address);
  const connection = `Connection: ${close ? 'close' : 'keep-alive'}`;
  const lines = [`${method} ${path} HTTP/${version}`, `Host: ${host}`, connection, ...headers];
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (!close && isWhole(answer, method)) socket.end();
    });
    socket
      .on('close', () =>
        resolve(answer.replace(/^date: .*$/im, 'date: now').replace(/^x-request-id: .*\r\n/im, '')),
      )
      .on('error', reject)
      .setTimeout(10_000, () => socket.destroy(new Error(`no end of the answer to ${path}`)));
  });
}

function isWhole(answer: string, method: string): boolean {
  const [head, body] = answer.split(/\r\n\r\n(.*)/s);
  const length = method === 'HEAD' ? 0 : Number(/^content-length: (\d+)$/im.exec(head ?? '')?.[1] ?? 0);
  return body !== undefined && body.length >= length;
}

const WAYS = [
  { close: true },
  { close: false },
  { close: true, version: '1.0' },
  { close: false, version: '1.0' },
] as const;

describe('answers out of the cache, ahead of Nest', () => {
  let shop: FrontEndBeforeFakes;
  let etag: string;
  const answered: Answered[] = [];
  beforeAll(async () => {
    shop = await FrontEndBeforeFakes.start();
    await shop.hasSessions();
    shop.catalog.books.set(3, { ...BOOK, id: 3, title: 'Ünïcode 😀' });
    for (const path of ['/lookup/2', '/lookup/3', '/lookup/8', '/search/distributed', '/search/a%2Fb'])
      await shop.get(path);
    etag = (await shop.fetch('/lookup/2')).headers.get('etag') ?? '';
    shop.app.get(Answers).observe((each) => answered.push(each));
  });
  beforeEach(() => (answered.length = 0));
  afterAll(() => shop.stop());

  // Each as the shortcut takes it, and as it does not although it means the same.
  it.each<[string, string, string]>([
    ['GET', '/lookup/2', '/lookup/2?'],
    ['GET', '/lookup/2/', '/lookup/%32/'],
    ['GET', '/lookup/0002', '/lookup/00%302'],
    ['GET', '/lookup/3', '/lookup/%33'],
    ['GET', '/lookup/8', '/lookup/%38'],
    ['HEAD', '/lookup/2', '/lookup/2?'],
    ['HEAD', '/lookup/8', '/lookup/8?'],
    ['HEAD', '/search/distributed', '/search/distributed?limit=1000'],
    ['GET', '/search/DISTRIBUTED/', '/search/distributed/?limit=1000'],
    ['GET', '/search/a%2Fb', '/search/a%2Fb?limit=1000'],
  ])('are those of the path itself, to the byte: %s %s', async (method, path, longWay) => {
    const conditions = [[], ['If-None-Match: "x", *'], [`IF-NONE-MATCH: ${etag}`, 'If-None-Match: "y"']];
    for (const manner of conditions.flatMap((headers) => WAYS.map((way) => ({ headers, ...way })))) {
      answered.length = 0;
      const [short, long] = [
        await raw(shop.address, method, path, manner),
        await raw(shop.address, method, longWay, manner),
      ];
      expect(short).toBe(long);
      expect(short).toMatch(/^HTTP\/1.1 (200|304|404) /);
      const [first, second] = answered;
      expect(first?.requestId).toBeUndefined();
      expect(second?.requestId).toBeDefined();
      expect(first).toMatchObject({ method, route: second?.route, status: second?.status });
    }
    expect(shop.lookups).toBe(3);
  });

  it('come in turn to a client that does not wait for one to ask for the next', async () => {
    const requests = ['/lookup/2', '/lookup/4', '/lookup/3'].map(
      (path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n`,
    );
    const { hostname, port } = new URL(shop.address);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () =>
        socket.write(`${requests.join('\r\n')}Connection: close\r\n\r\n`),
      );
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text)).on('error', reject);
    });
    expect(answer.match(/"id":\d|"message"/g)).toEqual(['"id":2', '"message"', '"id":3']);
  });

  it.each(['/lookup/2x', '/lookup/0', '/lookup/1234567890123456', '/lookup/2//', '/lookup/-2', '/search/%'])(
    'leave what they do not understand to the path: %s',
    async (path) => {
      await raw(shop.address, 'GET', path);
      for (const each of answered) expect(each.requestId).toBeDefined();
    },
  );

  it('are refused by what guards the entrance, and counted, as every other', async () => {
    let refused = true;
    shop.app.get(Entrance).guard({
      admit: () => (refused ? { status: 429, message: 'Too many', retryAfterSeconds: 2 } : null),
    });
    for (const path of ['/lookup/2', '/lookup/2?', '/metrics']) {
      const response = await shop.fetch(path);
      expect([response.status, response.headers.get('retry-after')]).toEqual([429, '2']);
      expect(await response.json()).toEqual({ message: 'Too many' });
    }
    refused = false;
    const before = await shop.fetch('/metrics').then((response) => response.text());
    await shop.get('/lookup/2');
    const after = await shop.fetch('/metrics').then((response) => response.text());
    expect(before).toMatch(/duration_seconds_count{[^}]*route="refused",status="429"[^}]*} 3/);
    const count = (metrics: string, name: RegExp): number => Number(name.exec(metrics)?.[1]);
    for (const name of [
      /duration_seconds_count{method="GET",route="\/lookup\/:id",status="200"[^}]*} (\d+)/,
      /cache_reads_total{role="frontend",cache="lookup",outcome="hit"} (\d+)/,
    ]) {
      expect(count(after, name)).toBe(count(before, name) + 1);
    }
  });

  it('are counted in bytes', async () => {
    const bytesOf = async (cache: string): Promise<number> => {
      const metrics = await (await shop.fetch('/metrics')).text();
      return Number(new RegExp(`^bazar_${cache}_cache_bytes\\S* (\\d+)$`, 'm').exec(metrics)?.[1]);
    };
    shop.catalog.books.set(40, { ...BOOK, id: 40, topic: 'Long titles', title: 'x'.repeat(10_000) });
    for (const [cache, path] of [
      ['lookup', '/lookup/40'],
      ['search', '/search/long'],
    ] as const) {
      const before = await bytesOf(cache);
      await shop.get(path);
      expect((await bytesOf(cache)) - before).toBeGreaterThan(10_000);
    }
  });
});

describe('look-ups that no cache holds, ahead of Nest', () => {
  let shop: FrontEndBeforeFakes;
  const answered: Answered[] = [];
  beforeAll(async () => {
    shop = await FrontEndBeforeFakes.start({}, { LOOKUP_CACHE_SIZE: '0', REQUEST_TIMEOUT_MS: '200' });
    shop.app.get(Answers).observe((each) => answered.push(each));
  });
  afterAll(() => shop.stop());

  it.each<[string, Behaviour, RegExp]>([
    ['a book', 'serve', /^HTTP\/1.1 (200|304) /],
    ['no book', 'serve', /^HTTP\/1.1 404 /],
    ['a catalog with too much to do', { status: 503, headers: { 'retry-after': '1' } }, /^HTTP\/1.1 503 /],
    ['no catalog', 'reset', /^HTTP\/1.1 504 /],
  ])('are answered as by the path itself, to the byte: %s', async (what, behaviour, expected) => {
    shop.catalog.behaviour = behaviour;
    const path = what === 'no book' ? '/lookup/8' : '/lookup/2';
    for (const manner of WAYS.flatMap((way) => [way, { ...way, headers: ['If-None-Match: *'] }])) {
      answered.length = 0;
      const short = await raw(shop.address, 'GET', path, manner);
      expect(short).toMatch(expected);
      expect(short).toBe(await raw(shop.address, 'GET', `${path}?`, manner));
      const [first, second] = answered;
      expect([first?.requestId, typeof second?.requestId]).toEqual([undefined, 'string']);
      expect(first).toMatchObject({ route: second?.route, status: second?.status });
    }
  });

  it('answer 500 to what nobody expected, and nothing of it', async () => {
    shop.app.get(Entrance).addDirectPath({
      serve: ({ url }) => (url === '/broken' ? Promise.reject(new Error('secret')) : null),
    });
    const response = await shop.fetch('/broken');
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal server error' }]);
    expect(answered.at(-1)).toMatchObject({ status: 500 });
  });
});
