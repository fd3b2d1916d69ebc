import { randomUUID } from 'node:crypto';
import { type BookAnswer } from '../../../src/contract/catalog.js';
import { type ChangesPage } from '../../../src/contract/public-changes.js';
import { type HoldAnswer } from '../../../src/contract/public-hold.js';
import { type OrderAnswer } from '../../../src/contract/public-order.js';
import { Consumer } from '../../support/feed-consumer.js';
import { ADMIN_TOKEN } from '../../support/layout.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { send } from '../../support/requests.js';
import { Faults, untilEqual } from './faults.js';

/** How often an order server is killed with baskets under way: CI has few, `BASKET_KILLS=50` is for an evening. */
const KILLS = Number(process.env['BASKET_KILLS'] ?? 6);
const BUYERS = 6;
const COPIES = 1_000;
/** Baskets that are answered between one kill and the next. */
const SOME = 8;
/** Of a basket that nobody brought to its end: half a minute, two seconds, and a look each second. */
const LET_GO_MS = 60_000;

/** What a client knows of one basket. */
type Known = { readonly orderId: string } | 'refused' | 'unknown';

describe('baskets and the feed of changes, while order servers and the catalog that tells are killed', () => {
  let bookstore: BookstoreOfProcesses;
  let faults: Faults;
  let books: number[];
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` };

  beforeAll(async () => {
    buildDist();
    bookstore = await BookstoreOfProcesses.start({ catalogs: 3, orders: 2, frontEnds: 2 });
    faults = new Faults(bookstore);
    books = await Promise.all([0, 1, 2].map((at) => create(at)));
  }, 300_000);
  afterAll(() => bookstore?.end(), 120_000);

  const ask = (method: string, path: string, body?: object, headers = {}, at = 0): Promise<Response> =>
    send(method, `${bookstore.frontEnds[at % 2]?.address}${path}`, body, headers);

  async function create(at: number): Promise<number> {
    const book = { title: `Basket ${at}`, topic: 'Baskets', price: 2, quantity: COPIES };
    return ((await (await ask('POST', '/books', book, admin)).json()) as BookAnswer).id;
  }

  /** One basket, asked for under its key until something is known of it. */
  async function buy(at: number): Promise<Known> {
    const items = books.map((bookId) => ({ bookId, quantity: 1 }));
    const headers = { 'idempotency-key': randomUUID() };
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const answer = await ask('POST', '/orders', { items }, headers, at + attempt);
      const body = (await answer.json()) as OrderAnswer & { outcome?: string };
      if (answer.status === 201) {
        expect(body.items.map(({ bookId }) => bookId)).toEqual(books);
        return { orderId: body.orderId };
      }
      if (answer.status === 409) return 'refused';
      expect([503, 504]).toContain(answer.status);
    }
    return 'unknown';
  }

  /** The next page of the feed; the same one again, if there is no answer. Answers where to go on. */
  async function follow(consumer: Consumer, since: string): Promise<string> {
    const answer = await ask(
      'GET',
      `/changes?since=${since}&limit=50`,
      undefined,
      admin,
      consumer.changes.length,
    );
    if (answer.status !== 200) {
      expect([503, 504]).toContain(answer.status);
      return since;
    }
    const page = (await answer.json()) as ChangesPage;
    consumer.take(page.changes);
    return page.next;
  }

  it('never sells half of one, and tells all of it', async () => {
    const known: Known[] = [];
    const consumer = new Consumer();
    let since = await follow(consumer, 'now');
    let isOver = false;
    const reader = (async () => {
      while (!isOver) since = await follow(consumer, since);
    })();
    const buyers = Array.from({ length: BUYERS }, async (_, at) => {
      while (!isOver) known.push(await buy(at));
    });
    for (let kill = 0; kill < KILLS; kill += 1) {
      const [answered, victim] = [known.length, bookstore.orders[kill % 2]];
      if (victim === undefined) throw new Error('no order server');
      await until('baskets are answered', () => known.length >= answered + SOME, 60_000);
      await faults.kill(victim);
      await faults.restart(victim);
    }
    const told = consumer.changes.length;
    const teller = await killTeller(() => since);
    await until('another one tells', () => consumer.changes.length > told + SOME, 60_000);
    await faults.restart(teller);
    isOver = true;
    await Promise.all([...buyers, reader]);

    const ordered = known.flatMap((each) => (typeof each === 'object' ? [each.orderId] : []));
    expect(new Set(ordered).size).toBe(ordered.length);
    expect(ordered.length).toBeGreaterThan(KILLS);
    await until(
      'nothing is held any more',
      async () => {
        const held = (await (await ask('GET', '/holds', undefined, admin)).json()) as HoldAnswer[];
        return held.length === 0;
      },
      LET_GO_MS,
    );

    // What was sold of each book is the same, and is what orders say.
    const listed = await Promise.all(books.map(ordersOf));
    const ids = listed.map((orders) => orders.map(({ orderId }) => orderId).sort());
    expect(ids[1]).toEqual(ids[0]);
    expect(ids[2]).toEqual(ids[0]);
    for (const orderId of ordered) expect(ids[0]).toContain(orderId);
    for (const orders of listed) {
      for (const { items } of orders)
        expect(items.map(({ bookId, quantity }) => [bookId, quantity])).toEqual(books.map((id) => [id, 1]));
    }
    const toldOf = (bookId: number): (string | undefined)[] =>
      consumer.events().flatMap((event) => {
        return event.kind === 'sold' && event.bookId === bookId ? [event.orderId] : [];
      });
    await until(
      'the feed has told every order of every book',
      async () => {
        since = await follow(consumer, since);
        return books.every((bookId) => toldOf(bookId).length >= (ids[0]?.length ?? 0));
      },
      LET_GO_MS,
    );
    for (const bookId of books) expect(toldOf(bookId).sort()).toEqual(ids[0]);
    const dump = await untilEqual(bookstore.catalogs);
    const left = books.map((id) => dump.find((book) => book.id === id)?.quantity);
    expect(left).toEqual(books.map(() => COPIES - (ids[0]?.length ?? 0)));
  }, 600_000);

  /** The one that the feed comes from, by the cursor's third part. */
  async function killTeller(cursor: () => string): Promise<RoleInOwnProcess> {
    const inOrder = bookstore.catalogs.toSorted((a, b) => (a.address < b.address ? -1 : 1));
    const teller = inOrder[Number(cursor().split('.')[2])];
    if (teller === undefined) throw new Error(`no catalog tells: ${cursor()}`);
    await faults.kill(teller);
    return teller;
  }

  async function ordersOf(bookId: number): Promise<OrderAnswer[]> {
    const orders: OrderAnswer[] = [];
    let path: string | null = `/orders?bookId=${bookId}&limit=500`;
    while (path !== null) {
      const page: Response = await ask('GET', path, undefined, admin);
      expect(page.status).toBe(200);
      orders.push(...((await page.json()) as OrderAnswer[]));
      path = /<([^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? null;
    }
    return orders;
  }
});
