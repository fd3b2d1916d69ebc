import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWith } from '../../../../test/support/migrations.js';
import { Catalogue1763800000000 } from './1763800000000-catalogue.js';
import { ReapplicationsInOrder1764660000000 } from './1764660000000-reapplications-in-order.js';

it('keeps what is to be applied again after a split, but for ends that nobody was told of, there and back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bazar-migration-'));
  const path = join(folder, 'catalog.sqlite');
  const before = await openWith(path, [Catalogue1763800000000]);
  const rows = ['sale', 'expire'].map((kind) => [
    `id of ${kind}`,
    1,
    JSON.stringify({ operation: { kind, operationId: 'x' } }),
  ]);
  for (const row of rows)
    await before.query('INSERT INTO reapplication (operation_id, book_id, decided) VALUES (?, ?, ?)', row);
  await before.destroy();

  const after = await openWith(path, [Catalogue1763800000000, ReapplicationsInOrder1764660000000]);
  expect(await after.query('SELECT operation_id, place FROM reapplication')).toEqual([
    { operation_id: 'id of sale', place: 0 },
  ]);
  await after.undoLastMigration();
  expect(await after.query('SELECT * FROM reapplication')).toEqual([
    { operation_id: 'id of sale', book_id: 1, decided: rows[0]?.[2] },
  ]);
  await after.destroy();
  rmSync(folder, { recursive: true });
});
