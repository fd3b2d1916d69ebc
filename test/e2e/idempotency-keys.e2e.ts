import { KEY_REFUSALS } from '../../src/contract/idempotency-key.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN, CLUSTER_SECRET } from '../support/layout.js';
import { until } from '../support/until.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly replayed: string | null;
}

/** One way in, whoever answers there. */
interface Path {
  readonly role: 'frontEnds' | 'orders' | 'catalogs';
  readonly method: 'PUT' | 'POST' | 'PATCH';
  readonly path: string;
  readonly body?: object;
}

const ORDER = { bookId: 4, quantity: 2, price: 10 };
const BOOK = { title: 'Keyed', topic: 'Keys', price: 5, quantity: 3, author: 'A. Nonym' };

/** Everything that takes a key, with wishes that are other ones. */
const PATHS: [string, Path, Partial<Path>[]][] = [
  [
    'a buy',
    { role: 'frontEnds', method: 'PUT', path: '/buy/4?quantity=2' },
    [{ path: '/buy/4' }, { path: '/buy/5?quantity=2' }],
  ],
  [
    'an order',
    { role: 'frontEnds', method: 'POST', path: '/orders', body: ORDER },
    [
      { body: { ...ORDER, quantity: 1 } },
      { body: { ...ORDER, bookId: 5 } },
      { body: { ...ORDER, price: 9.99 } },
      { body: { bookId: 4, quantity: 2 } },
    ],
  ],
  [
    'a new book',
    { role: 'frontEnds', method: 'POST', path: '/books', body: BOOK },
    [
      { body: { ...BOOK, title: 'Another' } },
      { body: { ...BOOK, price: 6 } },
      { body: { ...BOOK, isbn: '9780306406157' } },
    ],
  ],
  [
    'an edit',
    { role: 'frontEnds', method: 'PATCH', path: '/books/6', body: { price: 11 } },
    [{ body: { price: 12 } }, { body: { price: 11, quantity: 1 } }, { path: '/books/7' }],
  ],
  [
    'more copies',
    { role: 'frontEnds', method: 'POST', path: '/books/6/restock', body: { copies: 2 } },
    [{ body: { copies: 3 } }, { path: '/books/7/restock' }],
  ],
  [
    'a buy at the order server',
    { role: 'orders', method: 'PUT', path: '/buy/7' },
    [{ path: '/buy/7?quantity=2' }, { path: '/buy/6' }],
  ],
  [
    'an update at the catalog',
    { role: 'catalogs', method: 'PUT', path: '/update/5', body: { price: 12 } },
    [{ body: { price: 13 } }, { body: { price: 12, sequenceNumber: 0 } }, { path: '/update/6' }],
  ],
];

const malformed = { status: KEY_REFUSALS['key malformed'][0], message: KEY_REFUSALS['key malformed'][1] };
const reused = { status: KEY_REFUSALS['key reused'][0], message: KEY_REFUSALS['key reused'][1] };
const SHORTEST = '0123456789abcdef';

let bookstore: BookstoreInProcess;
let keys = 0;
const newKey = (): string => `a-key-of-this-test-${(keys += 1)}`;

async function ask({ role, method, path, body }: Path, key?: string): Promise<Answer> {
  const address = bookstore[role][0]?.address ?? '';
  const response = await fetch(`${address}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${role === 'frontEnds' ? ADMIN_TOKEN : CLUSTER_SECRET}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Answer['body'],
    replayed: response.headers.get('idempotency-replayed'),
  };
}

beforeAll(async () => {
  bookstore = await BookstoreInProcess.start({ catalogs: 1, orders: 1, frontEnds: 1 });
}, 120_000);
afterAll(() => bookstore?.stop());

describe.each(PATHS)('the key of %s', (_, wish, others) => {
  it.each([
    'x'.repeat(15),
    'x'.repeat(256),
    'a blank in this key',
    'a-key-with-ünicode-in-it',
    'a-key-with-a-tab\t-in-it',
    '',
  ])('is refused where it is none: %j', async (key) => {
    const { status, body } = await ask(wish, key);
    expect({ status, ...body }).toEqual(malformed);
  });

  it('answers the same again and says so, and stands for no other wish', async () => {
    const key = newKey();
    const first = await ask(wish, key);
    expect(first).toMatchObject({ status: expect.any(Number), replayed: null });
    expect([200, 201]).toContain(first.status);
    // Where a busy machine has an answer asked for twice, nobody can tell who was the first.
    const again = await until('a repeat is told', async () => {
      const answer = await ask(wish, key);
      expect({ ...answer, replayed: null }).toEqual(first);
      return answer.replayed === null ? null : answer;
    });
    expect(again.replayed).toBe('true');
    for (const other of others) {
      const { status, body, replayed } = await ask({ ...wish, ...other }, key);
      expect({ status, ...body, replayed }).toEqual({ ...reused, replayed: null });
    }
  });
});

it('a refusal is told again as well', async () => {
  const key = newKey();
  const tooMany: Path = { role: 'frontEnds', method: 'POST', path: '/orders', body: { ...ORDER, price: 1 } };
  expect(await ask(tooMany, key)).toMatchObject({ status: 409, replayed: null });
  await until('a repeat is told', async () => {
    const again = await ask(tooMany, key);
    expect(again).toMatchObject({ status: 409, body: { reason: 'price changed' } });
    return again.replayed === 'true';
  });
});

it('the shortest and the longest key are taken', async () => {
  for (const key of [SHORTEST, 'y'.repeat(255)]) {
    expect(await ask({ role: 'frontEnds', method: 'PUT', path: '/buy/3' }, key)).toMatchObject({
      status: 200,
    });
  }
});

it('is required of an order', async () => {
  const { status, body } = await ask({ role: 'frontEnds', method: 'POST', path: '/orders', body: ORDER });
  expect([status, body['message']]).toEqual(KEY_REFUSALS['key missing']);
});
