import { rmSync } from 'node:fs';
import { filesOf } from '../support/history-ledger.js';
import { BookstoreInProcess, type RoleInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN } from '../support/layout.js';
import { until } from '../support/until.js';

interface Member {
  readonly address: string;
  readonly replicaId: string | null;
  readonly votes: boolean | null;
  readonly ready: boolean;
  readonly misses: readonly string[];
}

describe('a catalog that lost its disk while another is down', () => {
  let bookstore: BookstoreInProcess;
  let a: RoleInProcess, b: RoleInProcess, c: RoleInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 1, frontEnds: 1 });
    [a, b, c] = bookstore.catalogs as [RoleInProcess, RoleInProcess, RoleInProcess];
  }, 180_000);
  afterAll(() => bookstore.stop(), 60_000);

  async function ask(method: string, path: string, body?: object, token = ADMIN_TOKEN) {
    const answer = await fetch(`${bookstore.frontEnds[0]?.address}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  const admit = (catalog: RoleInProcess, without: readonly RoleInProcess[], more: object = {}) =>
    ask('POST', '/ops/members', {
      catalog: catalog.address,
      without: without.map(({ address }) => address),
      mayLoseSales: true,
      ...more,
    });
  const members = async () => (await ask('GET', '/ops/members')).body as unknown as Member[];
  const member = async ({ address }: RoleInProcess) =>
    (await members()).find((each) => each.address === address);
  const loseDisk = (catalog: RoleInProcess): void => {
    const path = (catalog.placed.env['DATABASE_URL'] ?? '').replace('sqlite:', '');
    for (const file of filesOf(path)) rmSync(file);
  };
  const buy = (book: number) => ask('PUT', `/buy/${book}`);
  const hears = (from: RoleInProcess, others: readonly RoleInProcess[]) =>
    until(`${from.address} hears the others`, async () => {
      const { misses, votes } = (await member(from)) ?? { misses: [], votes: true };
      return votes === false && others.every(({ address }) => !misses.includes(address));
    });

  it('is asked for in a way that says what is wrong', async () => {
    expect((await ask('GET', '/ops/members', undefined, 'not-the-token')).status).toBe(401);
    const all = await until('all hear each other', async () => {
      const found = await members();
      return found.every(({ misses }) => misses.length === 0) ? found : null;
    });
    expect(all).toEqual(
      bookstore.catalogs
        .map(({ address }) => address)
        .sort()
        .map((address) => ({
          address,
          replicaId: expect.any(String) as string,
          votes: true,
          ready: true,
          misses: [],
        })),
    );
    expect(await admit(c, [])).toMatchObject({ status: 409, body: { reason: 'votes already' } });
    expect(await admit(c, [c])).toMatchObject({ status: 422, body: { fields: ['without'] } });
    expect(await admit(c, [b], { mayLoseSales: false })).toMatchObject({
      status: 422,
      body: { fields: ['mayLoseSales'] },
    });
    expect(await admit(c, [], { without: 'b' })).toMatchObject({
      status: 422,
      body: { fields: ['without'] },
    });
    expect(await admit(c, [], { catalog: 'http://nowhere:1' })).toMatchObject({ status: 404 });
  });

  it('joins by an administrator’s word, and the other as a new one when it is back', async () => {
    expect((await buy(1)).body).toMatchObject({ success: true });
    await b.stop();
    await c.stop();
    loseDisk(c);
    expect(await admit(c, [b])).toMatchObject({ status: 504 });
    await c.start();
    await hears(c, [a]);
    expect(await admit(c, [])).toMatchObject({ status: 409, body: { reason: 'not there' } });
    expect(await admit(c, [a, b])).toMatchObject({ status: 409, body: { reason: 'there' } });
    expect((await buy(1)).status).toBe(504);
    const { status, body } = await admit(c, [b]);
    expect({ status, body }).toEqual({
      status: 202,
      body: { catalog: c.address, replicaId: (await member(c))?.replicaId },
    });
    await c.ready();
    expect((await buy(1)).body).toMatchObject({ success: true });

    loseDisk(b);
    await b.start();
    await b.ready();
    expect(await member(b)).toMatchObject({ votes: true });
  }, 120_000);

  it('waits for a word when two of three disks are lost, and the third has what there is', async () => {
    await b.stop();
    await c.stop();
    loseDisk(b);
    loseDisk(c);
    await b.start();
    await c.start();
    await hears(b, [a, c]);
    await hears(c, [a, b]);
    expect((await buy(1)).status).toBe(504);
    expect(await admit(c, [])).toMatchObject({ status: 202 });
    await bookstore.ready();
    expect((await members()).map(({ votes }) => votes)).toEqual([true, true, true]);
    const { body } = await ask('GET', '/lookup/1');
    expect(body).toMatchObject({ quantity: 8 });
  }, 120_000);
});
