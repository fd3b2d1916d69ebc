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
import { StartError } from '../../runtime/start-error.js';
import { openDatabase } from './database.js';

describe('the file of a catalog', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-database-'));
    path = join(folder, 'deep', 'catalog.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const make = async (): Promise<void> => (await openDatabase(path)).dataSource.destroy();
  const refusal = (): Promise<unknown> => openDatabase(path).catch((error: unknown) => error);

  it('is for its owner only, with what SQLite puts beside it, and one of an earlier release becomes so', async () => {
    await make();
    chmodSync(path, 0o644);
    const { dataSource } = await openDatabase(path);
    const files = [path, `${path}-wal`].filter((file) => existsSync(file));
    expect(files).toHaveLength(2);
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'deep')).mode & 0o777).toBe(0o700);
    await dataSource.destroy();
  });

  it('starts empty when it has no bytes', async () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(path, '');
    await make();
  });

  it.each<[string, () => void | Promise<void>, RegExp]>([
    ['another process has it', () => void openDatabase(path), /is open in another process.*DATABASE_URL$/],
    [
      'it is no database',
      () => writeFileSync(path, 'books '.repeat(1_000)),
      /is damaged \(.*\): stop this catalog, remove/,
    ],
    [
      'its pages are torn',
      () => {
        const bytes = readFileSync(path);
        bytes.fill(0xff, 100, bytes.length);
        writeFileSync(path, bytes);
      },
      /is damaged \(.*\): stop this catalog, remove/,
    ],
    [
      'a folder stands there',
      () => {
        rmSync(path);
        mkdirSync(path);
      },
      /cannot be used as the database of this catalog \(a folder stands there\)/,
    ],
    [
      'its folder is a file',
      () => {
        rmSync(join(folder, 'deep'), { recursive: true });
        writeFileSync(join(folder, 'deep'), '');
      },
      /cannot be used as the database of this catalog \(/,
    ],
  ])('is refused in one line that names it and the cure when %s', async (_, spoil, words) => {
    await make();
    await spoil();
    const error = await refusal();
    expect(error).toBeInstanceOf(StartError);
    const { message } = error as StartError;
    expect(message).toMatch(words);
    expect(message.startsWith(path)).toBe(true);
    expect(message).not.toContain('\n');
  });
});
