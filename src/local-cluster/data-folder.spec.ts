import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../runtime/start-error.js';
import { DataFolder, readAnnouncement } from './data-folder.js';
import { FileLock } from './folder-lock.js';

describe('DataFolder', () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'bazar-data-')), 'deep', 'data');
  });
  afterEach(() => rmSync(join(path, '..', '..'), { recursive: true, force: true }));

  it('makes secrets that only the owner may read, and keeps them', () => {
    const folder = new DataFolder(path);
    const { clusterSecret, adminToken } = folder.secrets();
    const first = readFileSync(clusterSecret, 'utf8');
    expect(first.trim().length).toBeGreaterThanOrEqual(32);
    expect(readFileSync(adminToken, 'utf8')).not.toBe(first);
    expect(statSync(clusterSecret).mode & 0o777).toBe(0o600);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    folder.close();
    // As an earlier release left it, and as an interrupted start may.
    chmodSync(clusterSecret, 0o644);
    writeFileSync(adminToken, '');
    new DataFolder(path).secrets();
    expect(readFileSync(clusterSecret, 'utf8')).toBe(first);
    expect(statSync(clusterSecret).mode & 0o777).toBe(0o600);
    expect(readFileSync(adminToken, 'utf8').trim()).toHaveLength(43);
  });

  it('is for one bookstore at a time', () => {
    const folder = new DataFolder(path);
    expect(() => new DataFolder(path)).toThrow(
      new StartError(
        `${path} is in use by a bookstore that npm start runs: stop that one, or give this one another folder: npm start -- --data FOLDER`,
      ),
    );
    folder.close();
    new DataFolder(path).close();
  });

  it.each([
    ['a file', (at: string) => at],
    ['below a file', (at: string) => join(at, 'data')],
  ])('says in one line when it is %s', (_, pathIn) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '');
    const taken = pathIn(path);
    expect(() => new DataFolder(taken)).toThrow(
      new StartError(`--data: got "${taken}", takes a folder that can be written (a file stands there)`),
    );
  });

  it('removes nothing while a database is open in another process', () => {
    const folder = new DataFolder(path);
    writeFileSync(join(path, 'catalog-1.sqlite'), '');
    const lock = FileLock.take(join(path, 'catalog-2.sqlite'));
    expect(() => folder.forgetBooks()).toThrow(
      new StartError(
        `${join(path, 'catalog-2.sqlite')} is open in another process: stop that first. Nothing was removed.`,
      ),
    );
    expect(existsSync(join(path, 'catalog-1.sqlite'))).toBe(true);
    lock?.release();
    folder.forgetBooks();
    expect(existsSync(join(path, 'catalog-1.sqlite'))).toBe(false);
  });

  it('forgets the books and nothing else', () => {
    const folder = new DataFolder(path);
    const books = ['catalog-1.sqlite', 'catalog-1.sqlite-wal', 'catalog-12.sqlite-shm'];
    mkdirSync(join(path, 'catalog-3.sqlite'));
    const others = ['catalog.sqlite', 'my-catalog-1.sqlite', 'notes.txt'];
    for (const name of [...books, ...others]) writeFileSync(join(path, name), '');
    folder.forgetBooks();
    expect(books.filter((name) => existsSync(join(path, name)))).toEqual([]);
    expect(others.filter((name) => existsSync(join(path, name)))).toEqual(others);
  });

  it('counts the catalogs that there were, whichever files are lost', () => {
    const folder = new DataFolder(path);
    expect(folder.countCatalogs()).toBe(0);
    writeFileSync(join(path, 'catalog-3.sqlite'), '');
    writeFileSync(join(path, 'catalog-9.sqlite.before-restore-20261128T000000Z'), '');
    expect(folder.countCatalogs()).toBe(3);
    folder.announce([], ['a', 'b', 'c', 'd', 'e']);
    expect(folder.countCatalogs()).toBe(5);
    folder.close();
  });

  it('tells where the front-ends are', () => {
    expect(readAnnouncement(path)).toBeUndefined();
    new DataFolder(path).announce(['http://127.0.0.1:5000'], ['http://127.0.0.1:5020']);
    expect(readAnnouncement(path)).toEqual({
      frontEnds: ['http://127.0.0.1:5000'],
      adminTokenFile: join(path, 'admin-token'),
      catalogs: ['http://127.0.0.1:5020'],
      clusterSecretFile: join(path, 'cluster-secret'),
    });
  });
});
