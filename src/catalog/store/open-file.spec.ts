import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from '../../runtime/start-error.js';
import { OpenFile } from './open-file.js';
import { SqliteStore } from './sqlite-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bazar-open-file-'));
  mkdirSync(join(folder, 'data'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const path = (): string => join(folder, 'data', 'a.sqlite');

it.each<[string, () => void]>([
  ['its folder is removed', () => rmSync(join(folder, 'data'), { recursive: true })],
  ['its folder is moved', () => renameSync(join(folder, 'data'), join(folder, 'elsewhere'))],
  ['it is removed', () => rmSync(path())],
  ['its log is removed', () => rmSync(`${path()}-wal`)],
  [
    'another is put into its place',
    () => {
      writeFileSync(`${path()}.new`, '');
      renameSync(`${path()}.new`, path());
    },
  ],
])('nothing that is written counts as safe once %s', async (_, happens) => {
  const failures: Error[] = [];
  const store = await SqliteStore.open({ path: path(), onFailure: (error) => failures.push(error) });
  const sync = () => new Promise<Error | undefined>((resolve) => store.sync(resolve));
  store.saveNextBookId(8);
  expect(await sync()).toBeUndefined();
  happens();
  expect(() => store.assertInPlace()).toThrow(StartError);
  store.saveNextBookId(9);
  const error = await sync();
  expect(error).toBeInstanceOf(StartError);
  expect(error?.message).toMatch(/a\.sqlite(-wal)? was moved, removed or replaced/);
  await store.close();
});

it('takes a log that begins later for its own', () => {
  writeFileSync(path(), '');
  const file = new OpenFile(path());
  file.assertInPlace();
  writeFileSync(`${path()}-wal`, '');
  file.assertInPlace();
  rmSync(`${path()}-wal`);
  expect(() => file.assertInPlace()).toThrow(StartError);
});
