import { SqliteStore } from '../../src/catalog/store/sqlite-store.js';
import { type Observation } from '../../src/contract/observation.js';
import { Observer } from '../../src/frontend/observer/observer.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN } from '../support/layout.js';

interface Inside {
  readonly database: { readonly connection: { exec(sql: string): void } };
}

describe('an observer', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 1, frontEnds: 2 });
  }, 120_000);
  afterAll(() => bookstore?.stop(), 60_000);

  const shop = (): string => bookstore.frontEnds[0]?.address ?? '';
  const observation = async (): Promise<Observation> => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    return (await (await fetch(`${shop()}/ops/observer`, { headers })).json()) as Observation;
  };
  const look = (): Promise<void> | undefined => bookstore.frontEnds[0]?.app.get(Observer).look();

  it('finds nothing while books are sold, and says how much it has compared', async () => {
    const buy = async (): Promise<void> => {
      for (let each = 0; each < 5; each += 1) await fetch(`${shop()}/buy/3`, { method: 'PUT' });
    };
    await Promise.all([buy(), look(), buy()]);
    await look();
    const found = await observation();
    expect(found).toMatchObject({
      on: false,
      stale: 0,
      booksThatDiffer: 0,
      oversoldCopies: 0,
      looks: 2,
      findings: [],
    });
    // Four books in each look, at two front-ends and three catalogs.
    expect(found).toMatchObject({ answers: 40, booksCompared: 14 });
  }, 60_000);

  it('finds a book that one catalog has otherwise, at the same number', async () => {
    const { database } = bookstore.catalogs[1]?.app.get<unknown, Inside>(SqliteStore) as Inside;
    database.connection.exec('UPDATE book SET checksum = checksum + 1 WHERE id = 5');
    await look();
    expect(await observation()).toMatchObject({
      booksThatDiffer: 1,
      findings: ['the catalogs do not agree on book 5, at the same number of its ledger'],
    });
  });
});
