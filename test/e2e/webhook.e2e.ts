import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { type ChangeAnswer } from '../../src/contract/public-changes.js';
import { type CatalogStatus } from '../../src/contract/ops.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { callInternal } from '../support/layout.js';
import { until } from '../support/until.js';

const SECRET = 'a-secret-of-the-webhook-and-of-nothing-else';
const WITHIN_MS = 30_000;

/** Takes deliveries, or does with them what a test says. */
class Receiver {
  static readonly takes = (response: ServerResponse): void => void response.writeHead(204).end();
  static readonly fails = (response: ServerResponse): void => void response.writeHead(500).end('no');

  readonly taken: ChangeAnswer[] = [];
  readonly ids: string[] = [];
  wrong = 0;
  answer: (response: ServerResponse) => void = Receiver.takes;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
        const signed = createHmac('sha256', SECRET)
          .update(`${String(id)}.${String(at)}.${body}`)
          .digest('base64');
        if (signature !== `v1,${signed}` || Math.abs(Number(at) - Date.now() / 1_000) > 300) this.wrong += 1;
        this.ids.push(String(id));
        if (this.answer === Receiver.takes)
          this.taken.push(...(JSON.parse(body) as { changes: ChangeAnswer[] }).changes);
        this.answer(response);
      });
    });
  }
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
  has(orderId: string): boolean {
    return this.taken.some(({ events }) => events.some((event) => event.orderId === orderId));
  }
}

describe('the webhook', () => {
  const receiver = new Receiver();
  let address: string;
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    address = await receiver.listen();
    const settings = { WEBHOOK_URL: `${address}/hook?token=sesame`, WEBHOOK_SECRET: SECRET };
    bookstore = await BookstoreInProcess.start({
      catalogs: 2,
      orders: 1,
      frontEnds: 1,
      settings: { ...settings, WRITE_POLICY: 'majority' },
    });
  }, 180_000);
  afterAll(async () => {
    await bookstore?.stop();
    receiver.close();
  }, 60_000);

  const buy = async (): Promise<string> => {
    const answer = await fetch(`${bookstore.frontEnds[0]?.address}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ bookId: 4, quantity: 1 }),
    });
    return ((await answer.json()) as { orderId: string }).orderId;
  };
  const statuses = (): Promise<(CatalogStatus['webhook'] & object)[]> =>
    Promise.all(
      bookstore.catalogs.map(async (catalog) => {
        const { webhook } = (await (await callInternal(catalog.address, '/status')).json()) as CatalogStatus;
        if (webhook === undefined) throw new Error('it says nothing of the webhook');
        return webhook;
      }),
    );
  const tells = (orderId: string) => until('the receiver is told', () => receiver.has(orderId), WITHIN_MS);

  it('is told of each change once, by one of the catalogs, signed', async () => {
    const orders = [await buy(), await buy(), await buy()];
    for (const orderId of orders) await tells(orderId);
    const names = receiver.taken.map(({ bookId, number }) => `${bookId}/${number}`);
    expect(new Set(names).size).toBe(names.length);
    expect(names.slice(0, 7)).toEqual(['1/0', '2/0', '3/0', '4/0', '5/0', '6/0', '7/0']);
    expect(receiver.wrong).toBe(0);
    // On a busy machine one may not have heard of the other for a moment, and deliver as well.
    await until('one delivers and one stands by', async () => {
      const states = (await statuses()).map(({ state }) => state).sort();
      return isDeepStrictEqual(states, ['delivers', 'stands by']);
    });
  }, 60_000);

  it('tries again under the same id, and says so, without a word of the secret or the path', async () => {
    receiver.answer = Receiver.fails;
    const before = receiver.ids.length;
    const orderId = await buy();
    await until('it was tried twice', () => receiver.ids.length >= before + 2, WITHIN_MS);
    expect(new Set(receiver.ids.slice(before)).size).toBe(1);
    // Catalogs on one database count it now and then.
    const status = await until(
      'one says that it has something to deliver',
      async () =>
        (await statuses()).find(({ state, undelivered }) => state === 'delivers' && undelivered > 0),
      WITHIN_MS,
    );
    expect(status).toMatchObject({
      to: address,
      lastError: 'it answered 500',
      failingSince: expect.any(Number),
    });
    expect(JSON.stringify(status)).not.toContain('sesame');
    receiver.answer = Receiver.takes;
    await tells(orderId);
    await until(
      'nothing waits',
      async () =>
        (await statuses()).some(({ state, undelivered }) => state === 'delivers' && undelivered === 0),
      WITHIN_MS,
    );
  }, 60_000);

  it('goes on where it was after a restart of the catalogs, one of which delivers', async () => {
    const named = () => new Set(receiver.taken.map(({ bookId, number }) => `${bookId}/${number}`)).size;
    const [before, names] = [receiver.taken.length, named()];
    for (const catalog of bookstore.catalogs) await catalog.stop();
    for (const catalog of bookstore.catalogs) await catalog.start();
    await bookstore.ready();
    const orderId = await buy();
    await tells(orderId);
    expect(named()).toBe(names + 1);
    // Not all from the beginning.
    expect(receiver.taken.length - before).toBeLessThan(names);
  }, 90_000);

  it('stops for good when the receiver is gone', async () => {
    receiver.answer = (response) => void response.writeHead(410).end();
    await buy();
    await until(
      'it has stopped',
      async () => (await statuses()).some(({ state }) => state === 'stopped'),
      WITHIN_MS,
    );
    const waiting = async (): Promise<number> =>
      Math.max(...(await statuses()).map(({ undelivered }) => undelivered));
    const [asked, before] = [receiver.ids.length, await waiting()];
    await buy();
    await until('one more waits', async () => (await waiting()) > before, WITHIN_MS);
    expect(receiver.ids.length).toBe(asked);
  }, 60_000);
});
