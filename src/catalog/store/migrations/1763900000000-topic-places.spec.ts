import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWith } from '../../../../test/support/migrations.js';
import { SqliteStore } from '../sqlite-store.js';
import { gramsOf } from '../topics/topic-grams.js';
import { BOOKS_PER_BLOCK } from '../topics/topic-places.js';
import { Catalogue1763800000000 } from './1763800000000-catalogue.js';
import { TopicPlaces1763900000000 } from './1763900000000-topic-places.js';

const BOOKS = 3 * BOOKS_PER_BLOCK;
/** More pairs of a topic and a block than the migration takes at a time. */
const TOPICS = 700;
const topicOf = (bookId: number): string => `Topic ${bookId % TOPICS}`;

describe('the migration to topics by blocks', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-migration-'));
    path = join(folder, 'catalog.sqlite');
    const before = await openWith(path, [Catalogue1763800000000]);
    await before.transaction(async (file) => {
      for (let topic = 0; topic < TOPICS; topic += 1) {
        const name = topicOf(topic);
        await file.query('INSERT INTO topic VALUES (?, 0, ?, ?)', [topic + 1, name, name.toLowerCase()]);
        await file.query('INSERT INTO topic_gram (rowid, grams) VALUES (?, ?)', [
          topic + 1,
          gramsOf(name.toLowerCase()),
        ]);
      }
      for (let id = 1; id <= BOOKS; id += 1) {
        await file.query(
          'INSERT INTO book (id, committed, quantity, price_cents, topic_id, title) VALUES (?, 0, 9, 100, ?, ?)',
          [id, (id % TOPICS) + 1, `Book ${id}`],
        );
      }
    });
    await before.destroy();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps every book to be found', async () => {
    const store = await SqliteStore.open({
      path,
      onFailure: (error) => {
        throw error;
      },
    });
    const found = (text: string): number[] => store.index.searchByTopic(text, 0, BOOKS).map(({ id }) => id);
    const all = Array.from({ length: BOOKS }, (_, place) => place + 1);
    expect(found('topic')).toEqual(all);
    expect(found('c 77')).toEqual(all.filter((id) => topicOf(id).includes('c 77')));
    await store.close();
  });

  it('can be taken back', async () => {
    const after = await openWith(path, [Catalogue1763800000000, TopicPlaces1763900000000]);
    await after.undoLastMigration();
    const [row] = await after.query<{ topics: number }[]>(
      'SELECT count(*) AS topics FROM topic_gram WHERE topic_gram MATCH ?',
      [gramsOf('topic').split(' ')[0]],
    );
    expect(row?.topics).toBe(TOPICS);
    await after.destroy();
  });
});
