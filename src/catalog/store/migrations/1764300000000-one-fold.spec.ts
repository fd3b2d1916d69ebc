import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWith } from '../../../../test/support/migrations.js';
import { catalogueKey } from '../../../core/replication/catalogue-key.js';
import { SqliteStore } from '../sqlite-store.js';
import { gramsOf } from '../topics/topic-grams.js';
import { Catalogue1763800000000 } from './1763800000000-catalogue.js';
import { TopicPlaces1763900000000 } from './1763900000000-topic-places.js';
import { OrdersById1764000000000 } from './1764000000000-orders-by-id.js';
import { OneFold1764300000000 } from './1764300000000-one-fold.js';

const BEFORE = [Catalogue1763800000000, TopicPlaces1763900000000, OrdersById1764000000000];
const TOPICS = ['Distributed Systems', 'The\u0301 vert', 'ΟΔΥΣΣΕΥΣ', 'İstanbul'];

const bookOf = (title: string, topic: string) => ({
  title,
  topic,
  priceCents: 1,
  quantity: 2,
  isbn: null,
  author: null,
});

describe('the migration to one fold', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-migration-'));
    path = join(folder, 'catalog.sqlite');
    const before = await openWith(path, [...BEFORE]);
    await before.transaction(async (file) => {
      for (const [place, topic] of TOPICS.entries()) {
        const id = place + 1;
        const folded = topic.toLowerCase();
        await file.query('INSERT INTO topic VALUES (?, 1, ?, ?)', [id, topic, folded]);
        await file.query('INSERT INTO topic_gram (rowid, grams) VALUES (?, ?)', [id, gramsOf(folded)]);
      }
      // Two that were told apart until now, and one whose title was corrected since.
      for (const [place, title] of ['Straße', 'STRASSE', 'Corected'].entries()) {
        const id = place + 1;
        const book = bookOf(title, TOPICS[place] ?? '');
        const decided = [
          {
            operation: { kind: 'create', operationId: `o${id}`, book },
            outcome: { kind: 'created', bookId: id },
          },
        ];
        await file.query(
          'INSERT INTO book (id, committed, quantity, price_cents, topic_id, title) VALUES (?, 0, 9, 100, ?, ?)',
          [id, id, title.replace('Corected', 'Corrected')],
        );
        await file.query('INSERT INTO genesis VALUES (?, ?)', [
          id,
          JSON.stringify({ sequenceNumber: 0, origin: {}, decided }),
        ]);
        await file.query('INSERT INTO unique_key VALUES (?, ?)', [`title:${title.toLowerCase()}\u0000`, id]);
      }
    });
    await before.destroy();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds topics and books by it, and keeps two books that have one key by now', async () => {
    const store = await SqliteStore.open({
      path,
      onFailure: (error) => {
        throw error;
      },
    });
    const found = (text: string): number[] => store.index.searchByTopic(text, 0, 10).map(({ id }) => id);
    expect(['systems', 'the  vert', 'ΟΔΥΣ'].map(found)).toEqual([[1], [2], [3]]);
    const withTitle = (title: string) => store.heldKey(catalogueKey(bookOf(title, '')))?.bookId ?? null;
    expect(['strasse', 'Corected', 'Corrected'].map(withTitle)).toEqual([1, 3, null]);
    expect(store.record(2)?.book?.title).toBe('STRASSE');
    // A topic leaves the index as it came in.
    store.rollback(3, 0, bookOf('Corected', 'Elsewhere'), 0);
    expect(found('ΟΔΥΣ')).toEqual([]);
    expect(found('elsewhere')).toEqual([3]);
    await store.close();
  });

  it('can be taken back', async () => {
    const after = await openWith(path, [...BEFORE, OneFold1764300000000]);
    await after.undoLastMigration();
    expect(await after.query('SELECT folded FROM topic ORDER BY id')).toEqual(
      TOPICS.map((topic) => ({ folded: topic.toLowerCase() })),
    );
    const query = 'SELECT rowid FROM topic_gram WHERE topic_gram MATCH ?';
    expect(await after.query(query, [gramsOf('οδυσσευς').split(' ')[0]])).toEqual([{ rowid: 3 }]);
    await after.destroy();
  });
});
