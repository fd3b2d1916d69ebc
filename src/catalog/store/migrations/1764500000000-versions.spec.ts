import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWith } from '../../../../test/support/migrations.js';
import { Catalogue1763800000000 } from './1763800000000-catalogue.js';
import { Versions1764500000000 } from './1764500000000-versions.js';

const entry = (...kinds: string[]): string =>
  JSON.stringify({ decided: kinds.map((kind) => ({ outcome: { kind } })) });

describe('the migration to versions', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-migration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('reads off the ledger which entry changed a book last', async () => {
    const before = await openWith(join(folder, 'catalog.sqlite'), [Catalogue1763800000000]);
    const ledgers: readonly (readonly [id: number, entries: readonly string[]])[] = [
      [1, []],
      [2, [entry('out of stock')]],
      [3, [entry('sold'), entry('out of stock'), entry()]],
      [4, [entry('sold'), entry('price changed', 'restocked')]],
    ];
    let change = 0;
    for (const [id, entries] of ledgers) {
      await before.query('INSERT INTO book (id, committed) VALUES (?, ?)', [id, entries.length]);
      for (const [index, text] of entries.entries()) {
        const values = [++change, id, index + 1, text];
        await before.query(
          'INSERT INTO entry (change, book_id, sequence_number, sales, entry) VALUES (?, ?, ?, 0, ?)',
          values,
        );
      }
    }
    await before.query('INSERT INTO book (id, committed) VALUES (5, -1)');
    await before.destroy();

    const after = await openWith(join(folder, 'catalog.sqlite'), [
      Catalogue1763800000000,
      Versions1764500000000,
    ]);
    const versions = await after.query<unknown[]>('SELECT version FROM book WHERE id > 0 ORDER BY id');
    expect(versions).toEqual([0, 0, 1, 2, -1].map((version) => ({ version })));
    await after.undoLastMigration();
    expect(await after.query('SELECT committed FROM book WHERE id = 3')).toEqual([{ committed: 3 }]);
    await after.destroy();
  });
});
