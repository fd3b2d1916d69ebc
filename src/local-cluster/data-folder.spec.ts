import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder, readAnnouncement } from './data-folder.js';

describe('DataFolder', () => {
  let path: string;
  beforeEach(() => {
    path = join(mkdtempSync(join(tmpdir(), 'bazar-data-')), 'deep', 'data');
  });
  afterEach(() => rmSync(join(path, '..', '..'), { recursive: true, force: true }));

  it('makes secrets that only the owner may read, and keeps them', () => {
    const { clusterSecret, adminToken } = new DataFolder(path).secrets();
    const first = readFileSync(clusterSecret, 'utf8');
    expect(first.trim().length).toBeGreaterThanOrEqual(32);
    expect(readFileSync(adminToken, 'utf8')).not.toBe(first);
    expect(statSync(clusterSecret).mode & 0o777).toBe(0o600);
    new DataFolder(path).secrets();
    expect(readFileSync(clusterSecret, 'utf8')).toBe(first);
  });

  it('forgets the books and nothing else', () => {
    const folder = new DataFolder(path);
    const books = ['catalog-1.sqlite', 'catalog-1.sqlite-wal', 'catalog-12.sqlite-shm'];
    const others = ['catalog.sqlite', 'my-catalog-1.sqlite', 'notes.txt'];
    for (const name of [...books, ...others]) writeFileSync(join(path, name), '');
    folder.forgetBooks();
    expect(books.filter((name) => existsSync(join(path, name)))).toEqual([]);
    expect(others.filter((name) => existsSync(join(path, name)))).toEqual(others);
  });

  it('tells where the front-ends are', () => {
    expect(readAnnouncement(path)).toBeUndefined();
    new DataFolder(path).announce(['http://127.0.0.1:5000']);
    expect(readAnnouncement(path)).toEqual({
      frontEnds: ['http://127.0.0.1:5000'],
      adminTokenFile: join(path, 'admin-token'),
    });
  });
});
