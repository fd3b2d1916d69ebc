import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { type Ballot, type Book, type Entry } from '../../core/replication/types.js';
import { type Database } from './database.js';
import { SqliteStore } from './sqlite-store.js';

const ballot = (round: number): Ballot => ({ round, replicaId: 'replica-a', startNumber: 1 });
const book = (title: string): Book => ({
  title,
  topic: 'T',
  priceCents: 1,
  quantity: 1,
  isbn: null,
  author: null,
});
const genesis: Entry = { sequenceNumber: 0, origin: ballot(1), decided: [] };

/** The connection inside, to play a disk that is full or fails. */
const databaseOf = (store: SqliteStore): Database => (store as unknown as { database: Database }).database;
const synced = (store: SqliteStore): Promise<void> =>
  new Promise((resolve, reject) => store.sync((error) => (error === undefined ? resolve() : reject(error))));

describe('SqliteStore', () => {
  let folder: string;
  let path: string;
  let store: SqliteStore;
  let failures: Error[];
  const open = (): Promise<SqliteStore> =>
    SqliteStore.open({ path, onFailure: (error) => failures.push(error) });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-sqlite-'));
    path = join(folder, 'deep', 'catalog.sqlite');
    failures = [];
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  /** Lets the file grow by at most so many pages of 4 kB. */
  const room = (pages: number): void => {
    const { connection } = databaseOf(store);
    connection.pragma(
      `max_page_count = ${(connection.pragma('page_count', { simple: true }) as number) + pages}`,
    );
  };
  const fill = (): void => {
    for (let id = 1; id <= 200; id += 1) store.create(id, genesis, book('x'.repeat(4_000) + id));
  };
  const commits = (): string[] => {
    const { connection } = databaseOf(store);
    const exec = connection.exec.bind(connection);
    const seen: string[] = [];
    jest.spyOn(connection, 'exec').mockImplementation((sql) => {
      seen.push(sql);
      return exec(sql);
    });
    return seen;
  };

  it('commits once for all syncs of a turn, and not at all with nothing written', async () => {
    const seen = commits();
    store.savePromised(1, ballot(1));
    const first = synced(store);
    store.savePromised(2, ballot(1));
    await Promise.all([first, synced(store), synced(store)]);
    await synced(store);
    expect(seen).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });

  it('commits what nobody asked to sync soon after', async () => {
    const seen = commits();
    store.savePromised(1, ballot(1));
    while (!seen.includes('COMMIT')) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(databaseOf(store).connection.inTransaction).toBe(false);
    expect(failures).toEqual([]);
  });

  it('commits what is open and ends its syncs when it closes', async () => {
    store.savePromised(1, ballot(1));
    const ended = synced(store);
    await store.close();
    await ended;
    store = await open();
    expect(store.record(1)?.promised).toEqual(ballot(1));
  });

  it('fails on a full disk: nothing since the last sync stands, every call throws, until there is room', async () => {
    store.create(1000, genesis, book('kept'));
    await synced(store);
    room(20);
    const asked = synced(store);
    const failed = expect(asked).rejects.toHaveProperty('message', expect.stringMatching(/full/));
    expect(fill).toThrow(/full/);
    await failed;
    expect(() => store.record(1000)).toThrow(/full/);
    expect(() => store.sync(() => undefined)).toThrow(/full/);
    room(0);
    expect(() => store.recover()).toThrow(/full/);
    expect(() => store.record(1000)).toThrow(/full/);

    room(10_000);
    store.recover();
    expect(store.record(1)).toBeUndefined();
    expect(store.record(1000)?.book?.title).toBe('kept');
    fill();
    await synced(store);
    expect(store.record(200)?.committed).toBe(0);
  });

  it('numbers changes on from what is durable', async () => {
    store.create(1, genesis, book('x'));
    store.commit(1, { ...genesis, sequenceNumber: 1 }, book('x'));
    await synced(store);
    store.commit(1, { ...genesis, sequenceNumber: 2 }, book('x'));
    expect(store.lastChange()).toBe(2);
    expect(() => store.commit(1, { ...genesis, sequenceNumber: 9 }, book('x'))).toThrow('does not follow');
    store.recover();
    expect(store.lastChange()).toBe(1);
  });

  it('tells each waiting sync of a commit that fails', async () => {
    store.savePromised(1, ballot(1));
    const { connection } = databaseOf(store);
    const exec = connection.exec.bind(connection);
    const spy = jest.spyOn(connection, 'exec').mockImplementation((sql) => {
      if (sql === 'COMMIT') throw new Error('disk I/O error');
      return exec(sql);
    });
    const outcomes = await Promise.allSettled([synced(store), synced(store)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    spy.mockRestore();
    store.recover();
    expect(store.record(1)).toBeUndefined();
  });

  it('reports a failing commit that nobody waits for', async () => {
    const { connection } = databaseOf(store);
    const exec = connection.exec.bind(connection);
    const spy = jest.spyOn(connection, 'exec').mockImplementation((sql) => {
      if (sql === 'COMMIT') throw new Error('disk I/O error');
      return exec(sql);
    });
    store.savePromised(1, ballot(1));
    while (failures.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(failures.map(({ message }) => message)).toEqual(['disk I/O error']);
    spy.mockRestore();
    store.recover();
  });

  it('does not tell an old sync that it ended well when the store recovers first', async () => {
    store.savePromised(1, ballot(1));
    const asked = synced(store);
    const failed = expect(asked).rejects.toThrow('does not follow');
    expect(() => store.commit(5, { ...genesis, sequenceNumber: 7 }, book('x'))).toThrow('does not follow');
    store.recover();
    await failed;
  });

  // By its message: the driver's errors belong to the realm of the first test file that loaded it.
  it('lets nobody else open the file', async () => {
    await expect(open()).rejects.toHaveProperty(
      'message',
      expect.stringMatching(/is open in another process/),
    );
  });

  it('has the very tables that its entities describe', async () => {
    const { upQueries } = await databaseOf(store).dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('syncs every commit', () => {
    const { connection } = databaseOf(store);
    const FULL = 2;
    expect(connection.pragma('synchronous', { simple: true })).toBe(FULL);
    expect(connection.pragma('journal_mode', { simple: true })).toBe('wal');
  });
});
