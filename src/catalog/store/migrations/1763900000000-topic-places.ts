import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { foldSearch } from '../../../core/text/fold.js';
import { gramsOf } from '../topics/topic-grams.js';

const EMPTY_INDEX = `CREATE VIRTUAL TABLE topic_gram USING fts5(grams, content='', detail=none, columnsize=0, tokenize='ascii', prefix='4 8')`;
const ADD = 'INSERT INTO topic_gram (rowid, grams) VALUES (?, ?)';
const PAGE = 1_000;

interface Row {
  readonly place: number;
  readonly name: string;
}

/** Topics are found block by block of the book ids (topic-places.ts), no longer once for all books. */
export class TopicPlaces1763900000000 implements MigrationInterface {
  name = 'TopicPlaces1763900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await recreate(queryRunner);
    await queryRunner.query(
      `CREATE TEMP TABLE place AS SELECT DISTINCT id / 512 * 2147483648 + topic_id AS place FROM book
       WHERE topic_id IS NOT NULL ORDER BY 1`,
    );
    await fill(
      queryRunner,
      `SELECT place, name FROM temp.place JOIN topic ON topic.id = place % 2147483648
       WHERE place.rowid > ? ORDER BY place.rowid LIMIT ${PAGE}`,
    );
    await queryRunner.query('DROP TABLE temp.place');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await recreate(queryRunner);
    await fill(queryRunner, `SELECT id AS place, name FROM topic WHERE id > ? ORDER BY id LIMIT ${PAGE}`);
  }
}

async function recreate(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query('DROP TABLE topic_gram');
  await queryRunner.query(EMPTY_INDEX);
}

/** A page at a time: there may be a million. `query` takes what the last page ended with. */
async function fill(queryRunner: QueryRunner, query: string): Promise<void> {
  let done = 0;
  for (;;) {
    const rows = (await queryRunner.query(query, [done])) as Row[];
    for (const { place, name } of rows) await queryRunner.query(ADD, [place, gramsOf(foldSearch(name))]);
    done += rows.length;
    if (rows.length < PAGE) return;
  }
}
