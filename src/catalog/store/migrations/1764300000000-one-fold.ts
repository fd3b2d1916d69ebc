import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { catalogueKey } from '../../../core/replication/catalogue-key.js';
import { createdBy } from '../../../core/replication/ledger.js';
import { type Entry } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { gramsOf } from '../topics/topic-grams.js';

const PAGE = 1_000;

/**
 * Topics and keys as `core/text` compares them now. Where books that were two have one key by now, the older one keeps it:
 * both stay, whichever replica is asked, for the ledgers say that both were created.
 */
export class OneFold1764300000000 implements MigrationInterface {
  name = 'OneFold1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await refoldTopics(queryRunner, foldSearch);
    await rebuildKeys(queryRunner);
  }

  /** Keys stay as they are: those of before can not be told from these, and miss a few books at worst. */
  async down(queryRunner: QueryRunner): Promise<void> {
    await refoldTopics(queryRunner, (topic) => topic.toLowerCase());
  }
}

async function refoldTopics(queryRunner: QueryRunner, fold: (topic: string) => string): Promise<void> {
  await pages<{ id: number; name: string }>(
    queryRunner,
    'SELECT id, name FROM topic WHERE id > ? ORDER BY id',
    async ({ id, name }) => {
      await queryRunner.query('UPDATE topic SET folded = ? WHERE id = ?', [fold(name), id]);
      return id;
    },
  );
  await queryRunner.query("INSERT INTO topic_gram (topic_gram) VALUES ('delete-all')");
  await queryRunner.query(
    `CREATE TEMP TABLE place AS SELECT DISTINCT id / 512 * 2147483648 + topic_id AS place FROM book
     WHERE topic_id IS NOT NULL ORDER BY 1`,
  );
  await pages<{ at: number; place: number; folded: string }>(
    queryRunner,
    `SELECT place.rowid AS at, place, folded FROM temp.place JOIN topic ON topic.id = place % 2147483648
     WHERE place.rowid > ? ORDER BY place.rowid`,
    async ({ at, place, folded }) => {
      await queryRunner.query('INSERT INTO topic_gram (rowid, grams) VALUES (?, ?)', [
        place,
        gramsOf(folded),
      ]);
      return at;
    },
  );
  await queryRunner.query('DROP TABLE temp.place');
}

/** A book's keys are those it was created with: its first entry has them. */
async function rebuildKeys(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query('DELETE FROM unique_key');
  await pages<{ id: number; entry: string }>(
    queryRunner,
    'SELECT book_id AS id, entry FROM genesis WHERE book_id > ? ORDER BY book_id',
    async ({ id, entry }) => {
      for (const { book } of createdBy(JSON.parse(entry) as Entry)) {
        await queryRunner.query('INSERT OR IGNORE INTO unique_key (key, book_id) VALUES (?, ?)', [
          catalogueKey(book),
          id,
        ]);
      }
      return id;
    },
  );
}

/** A page at a time: there may be a million. `query` takes what `each` said of the last row. */
async function pages<Row>(
  queryRunner: QueryRunner,
  query: string,
  each: (row: Row) => Promise<number>,
): Promise<void> {
  let last = 0;
  for (;;) {
    const rows = (await queryRunner.query(`${query} LIMIT ${PAGE}`, [last])) as Row[];
    for (const row of rows) last = await each(row);
    if (rows.length < PAGE) return;
  }
}
