import { randomUUID } from 'node:crypto';
import { PostgresEngine } from '../../../src/catalog/postgres/postgres.engine.js';
import { NEEDED } from '../../../src/catalog/postgres/schema.js';
import { parseConfig } from '../../../src/config/index.js';
import { type CatalogStatus } from '../../../src/contract/ops.js';
import { type FollowedRequest } from '../../../src/contract/traces.js';
import { SystemClock } from '../../../src/runtime/clock.js';
import { type StartError } from '../../../src/runtime/start-error.js';
import { BookstoreInProcess } from '../../support/in-process.js';
import { ADMIN_TOKEN, callInternal } from '../../support/layout.js';
import { walkThrough } from '../../support/original-walk.js';
import { TestPostgres } from '../../support/postgres.js';
import { ask as askAt, type Json } from '../../support/requests.js';
import { until } from '../../support/until.js';

describe('on PostgreSQL', () => {
  let postgres: TestPostgres;
  let database: string;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
    database = await postgres.freshDatabase();
  });
  afterAll(() => postgres.stop());

  describe('a bookstore with two catalogs and two front-ends', () => {
    let bookstore: BookstoreInProcess;
    beforeAll(async () => {
      const settings = { DATABASE_URL: database };
      bookstore = await BookstoreInProcess.start({ catalogs: 2, orders: 2, frontEnds: 2, settings });
    });
    afterAll(() => bookstore.stop());

    const ask = async (frontEnd: number, method: string, path: string, body?: object): Promise<Json> => {
      const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'idempotency-key': randomUUID() };
      const url = `${bookstore.frontEnds[frontEnd]?.address}${path}`;
      const answer = await askAt(method, url, body, headers);
      return { status: answer.status, ...answer.body };
    };

    walkThrough((frontEnd) => bookstore.frontEnds[frontEnd]?.address ?? '');

    it('never shows the other front-end an old price or stock, however often it has asked before', async () => {
      for (let price = 20; price < 30; price++) {
        await ask(1, 'GET', '/lookup/3');
        await ask(1, 'GET', '/lookup/3');
        expect(await ask(0, 'PATCH', '/books/3', { price })).toMatchObject({ status: 200 });
        expect(await ask(1, 'GET', '/lookup/3')).toMatchObject({ price });
      }
    });

    it('keeps answers in the caches, for as long as all catalogs are heard of', async () => {
      await until('a look-up is kept', async () => {
        await ask(0, 'GET', '/lookup/4');
        const dump = await bookstore.frontEnds[0]?.app.inject({
          method: 'GET',
          url: '/dump',
          headers: { authorization: 'Bearer test-cluster-secret-of-32-characters' },
        });
        return (JSON.parse(dump?.payload ?? '{}') as { lookup: { id: number }[] }).lookup.some(
          ({ id }) => id === 4,
        );
      });
    });

    it('sells a basket whole, and gives a hold back', async () => {
      const items = [5, 6].map((bookId) => ({ bookId, quantity: 2 }));
      const order = await ask(0, 'POST', '/orders', { items });
      expect(order).toMatchObject({ status: 201, state: 'sold' });
      await until(
        'its copies have left the stock',
        async () => (await ask(1, 'GET', '/lookup/6'))['quantity'] === 23,
      );
      const { holdId } = await ask(1, 'POST', '/holds', { items, ttlSeconds: 600 });
      expect(await ask(0, 'GET', '/lookup/5')).toMatchObject({ quantity: 21 });
      expect(await ask(0, 'DELETE', `/holds/${String(holdId)}`)).toMatchObject({ state: 'released' });
      await until('both have their copies back', async () => {
        const [five, six] = await Promise.all([ask(1, 'GET', '/lookup/5'), ask(1, 'GET', '/lookup/6')]);
        return five['quantity'] === 23 && six['quantity'] === 23;
      });
    });

    it('finds books by their words, misspelt ones too, and hides one', async () => {
      const book = {
        title: 'The Hobbit',
        author: 'J. R. R. Tolkien',
        topic: 'Fantasy',
        price: 9,
        quantity: 1,
      };
      const { id } = await ask(0, 'POST', '/books', book);
      const found = async (text: string): Promise<unknown[]> => {
        const answer = await fetch(`${bookstore.frontEnds[1]?.address}/books?q=${encodeURIComponent(text)}`);
        return ((await answer.json()) as { id: number }[]).map((each) => each.id);
      };
      for (const text of ['hobbit', 'tolkien hob', 'HOBIT', 'tolkein', 'fantasy'])
        expect(await found(text)).toContain(id);
      expect(await ask(0, 'PATCH', `/books/${String(id)}`, { hidden: true })).toMatchObject({ status: 200 });
      expect(await found('hobbit')).not.toContain(id);
      expect(await ask(1, 'GET', `/lookup/${String(id)}`)).toMatchObject({ status: 404 });
    });

    it('shows a followed purchase with what the catalog says to the server', async () => {
      const { traceId } = await ask(0, 'POST', '/ops/traces', { kind: 'buy', bookId: 7, quantity: 1 });
      const followed = (await ask(0, 'GET', `/ops/traces/${String(traceId)}`)) as unknown as FollowedRequest;
      const address = `postgres://${new URL(database).host}`;
      expect(followed.processes.at(-1)).toEqual({ address, name: 'PostgreSQL' });
      const [said, answered] = [
        followed.messages.filter(({ to }) => to === address).map(({ words }) => words.kind),
        followed.messages.filter(({ from }) => from === address),
      ];
      expect(said).toEqual([
        expect.stringContaining('BEGIN'),
        'lock book',
        'lock answers',
        'write book',
        'COMMIT',
      ]);
      expect(answered.map(({ words }) => words.note)).toEqual(expect.arrayContaining(['1 row']));
      expect(answered).toHaveLength(said.length);
      // The front-ends forget it while the row is locked.
      const kinds = followed.messages.map(({ words }) => words.kind);
      expect(kinds.indexOf('invalidate')).toBeGreaterThan(kinds.indexOf('lock answers'));
      expect(kinds.indexOf('COMMIT')).toBeGreaterThan(kinds.indexOf('invalidate'));
    });

    it('tells whoever watches of the server, its standbys and the members', async () => {
      const statuses = await Promise.all(
        bookstore.catalogs.map(async ({ address }) => {
          const { shared } = (await (await callInternal(address, '/status')).json()) as CatalogStatus;
          return shared;
        }),
      );
      const members = bookstore.catalogs.map(({ address }) =>
        expect.objectContaining({ address, fenced: false }),
      );
      for (const shared of statuses) {
        expect(shared).toMatchObject({ server: new URL(database).host, trouble: null });
        expect(shared?.members).toEqual(expect.arrayContaining(members));
      }
      await until('the standbys were looked at', async () => {
        const { shared } = (await (
          await callInternal(bookstore.catalogs[0]?.address ?? '', '/status')
        ).json()) as CatalogStatus;
        return shared?.standbys?.length === 0;
      });
      const metrics = await (await callInternal(bookstore.catalogs[0]?.address ?? '', '/metrics')).text();
      expect(metrics).toMatch(/^bazar_postgres_connected\{.*\} 1$/m);
      expect(metrics).toMatch(/^bazar_postgres_members\{.*state="well".*\} 2$/m);
    });

    it('created the seven books once, though two catalogs began at once', async () => {
      const name = new URL(database).pathname.slice(1);
      const [row] = await postgres.query<{ count: string }>(
        name,
        "SELECT count(*) FROM operation WHERE operation_id LIKE 'seed:%'",
      );
      expect(row?.count).toBe('7');
    });
  });

  /** A catalog with this URL, and what it ended of. */
  function catalogOn(url: string): { engine: PostgresEngine; ended: () => string | null } {
    const config = parseConfig({ ROLE: 'catalog', DATABASE_URL: url });
    if (config.role !== 'catalog' || config.database.kind !== 'postgres') throw new Error('no such catalog');
    let ended: string | null = null;
    const giveUp = (error: StartError): void => void (ended = error.message);
    const times = { leaseMs: 500, connectTimeoutMs: 500, requestTimeoutMs: 500 };
    const engine = new PostgresEngine(
      { database: config.database, address: 'http://a', position: 0, delivers: false, ...times, giveUp },
      new SystemClock(),
      { fraction: () => 0.5, token: () => 'token' },
      () => () => Promise.resolve(null),
      { during: (_, __, work) => work() },
      { heard: (client) => client },
    );
    engine.start(() => undefined);
    return { engine, ended: () => ended };
  }

  /** What becomes of a catalog that is started with this URL: how it ends, or why it is not ready. */
  async function startedWith(url: string): Promise<string> {
    const { engine, ended } = catalogOn(url);
    try {
      return await until('it says why', () => {
        const state = engine.state();
        return ended() ?? (state.ready || state.reason.includes('yet') ? null : state.reason);
      });
    } finally {
      await engine.close();
    }
  }

  it.each<[string, (good: string) => string, RegExp]>([
    ['a wrong password', (good) => good.replace(/:[^:@]*@/, ':another-secret@'), /refuses the password/],
    ['no such database', (good) => good.replace(/[^/]*$/, 'nowhere'), /no such database/],
    ['nobody there', (good) => good.replace(/:\d+\//, ':1/'), /cannot be used now/],
  ])('says in one line what is wrong: %s', async (_, change, says) => {
    const text = await startedWith(change(database));
    expect(text).toMatch(says);
    expect(text).not.toMatch(/\n|secret|postgres-of-the-tests/);
  });

  it('starts on no schema of a newer release', async () => {
    const newer = await postgres.freshDatabase();
    await postgres.query(
      new URL(newer).pathname.slice(1),
      "CREATE TABLE migrations (id serial PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL); INSERT INTO migrations (timestamp, name) VALUES (1, 'Later')",
    );
    expect(await startedWith(newer)).toMatch(/a schema that this release does not know \(Later\)/);
  });

  it.each<[string, (name: string) => string[], (good: string) => string, RegExp]>([
    [
      'a database that only reads',
      (name) => [`ALTER DATABASE ${name} SET default_transaction_read_only = on`],
      (good) => good,
      /takes no writes/,
    ],
    [
      'a user who may not create tables',
      () => ["CREATE ROLE guest LOGIN PASSWORD 'guests-secret'"],
      (good) => good.replace(/\/\/[^@]*@/, '//guest:guests-secret@'),
      /may not do what a catalog does/,
    ],
    [
      'no password where one is asked for',
      () => [],
      (good) => good.replace(/:[^:@]*@/, '@'),
      /asks for a password/,
    ],
    [
      "somebody else's tables",
      () => ['CREATE TABLE book (isbn text)'],
      (good) => good,
      /tables that are not a shop's/,
    ],
  ])('says in one line what is wrong: %s', async (_, prepare, change, says) => {
    const other = await postgres.freshDatabase();
    const name = new URL(other).pathname.slice(1);
    for (const statement of prepare(name)) await postgres.query(name, statement);
    const text = await startedWith(change(other));
    expect(text).toMatch(says);
    expect(text).not.toMatch(/\n|secret|postgres-of-the-tests/);
  });

  it.each<[string, string, (good: string) => string, RegExp]>([
    [
      'a user who lacks a right',
      "CREATE ROLE clerk LOGIN PASSWORD 'guests-secret'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO clerk",
      (good) => good.replace(/\/\/[^@]*@/, '//clerk:guests-secret@'),
      /lacks INSERT on book/,
    ],
    ['a table that is gone', 'DROP TABLE hold', (good) => good, /is not whole/],
    ['first rows that are gone', 'DELETE FROM membership', (good) => good, /is not whole/],
  ])('says in one line what became of its schema: %s', async (_, statements, change, says) => {
    const other = await postgres.freshDatabase();
    const name = new URL(other).pathname.slice(1);
    expect(await startedWith(other)).toMatch(/waits until front-ends know/);
    await postgres.query(name, statements);
    const text = await startedWith(change(other));
    expect(text).toMatch(says);
    expect(text).not.toMatch(/\n|secret|postgres-of-the-tests/);
  });

  it('looks at every table of its schema', async () => {
    const rows = await postgres.query<{ name: string }>(
      new URL(database).pathname.slice(1),
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'migrations%'
         AND (relkind = 'r' OR (relkind = 'S' AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'i')))`,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(NEEDED).sort());
  });

  it('ends with one line when somebody takes away what it runs on', async () => {
    const other = await postgres.freshDatabase();
    const { engine, ended } = catalogOn(other);
    try {
      await until('it serves', () => engine.state().ready);
      await postgres.query(new URL(other).pathname.slice(1), 'ALTER TABLE book DROP COLUMN claim');
      expect(await engine.read(1, 1_000)).toEqual({ kind: 'unavailable' });
      expect(ended()).toMatch(/its schema is not whole/);
    } finally {
      await engine.close();
    }
  });
});
