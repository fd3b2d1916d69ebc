import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWith } from '../../../../test/support/migrations.js';
import { Catalogue1763800000000 } from './1763800000000-catalogue.js';
import { OrdersById1764000000000 } from './1764000000000-orders-by-id.js';

describe('the migration to orders listed by id', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-migration-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps every sale, there and back', async () => {
    const before = await openWith(join(folder, 'catalog.sqlite'), [Catalogue1763800000000]);
    await before.query("INSERT INTO sale (order_id, at, change) VALUES ('a', 5, 2), ('b', 7, 1)");
    await before.destroy();

    const after = await openWith(join(folder, 'catalog.sqlite'), [
      Catalogue1763800000000,
      OrdersById1764000000000,
    ]);
    expect(await after.query('SELECT * FROM sale ORDER BY order_id')).toEqual([
      { order_id: 'a', change: 2 },
      { order_id: 'b', change: 1 },
    ]);
    await after.undoLastMigration();
    expect(await after.query('SELECT order_id, change FROM sale ORDER BY at DESC, order_id DESC')).toEqual([
      { order_id: 'b', change: 1 },
      { order_id: 'a', change: 2 },
    ]);
    await after.destroy();
  });
});
