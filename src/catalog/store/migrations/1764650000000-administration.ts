import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all.js';

/** As they stand in an entry's JSON; in a text quotation marks would have backslashes. */
const OF_ADMINISTRATION = ['edit', 'restock', 'cancel'].map((kind) => `entry LIKE '%{"kind":"${kind}",%'`);

const UP = [
  // A hidden book has its topic there, and so is in none that is shown.
  'ALTER TABLE book ADD COLUMN hidden_topic_id integer',
  'CREATE INDEX book_hidden ON book (id) WHERE hidden_topic_id IS NOT NULL',
  'ALTER TABLE book ADD COLUMN claim integer',
  'ALTER TABLE unique_key ADD COLUMN claim integer NOT NULL DEFAULT 0',
  'ALTER TABLE entry ADD COLUMN administered integer NOT NULL DEFAULT 0',
  `UPDATE entry SET administered = 1 WHERE book_id > 0 AND (${OF_ADMINISTRATION.join(' OR ')})`,
  'CREATE INDEX entry_administered ON entry (book_id, sequence_number) WHERE administered > 0',
  'ALTER TABLE hold ADD COLUMN checksum integer',
  'ALTER TABLE cancellation ADD COLUMN checksum integer',
];
const DOWN = [
  'ALTER TABLE cancellation DROP COLUMN checksum',
  'ALTER TABLE hold DROP COLUMN checksum',
  'DROP INDEX entry_administered',
  'ALTER TABLE entry DROP COLUMN administered',
  'ALTER TABLE unique_key DROP COLUMN claim',
  'ALTER TABLE book DROP COLUMN claim',
  'DROP INDEX book_hidden',
  'ALTER TABLE book DROP COLUMN hidden_topic_id',
];

/** Books may take another key, be hidden, and say who changed them; rows of holds and cancellations bear checksums from now on. */
export class Administration1764650000000 implements MigrationInterface {
  name = 'Administration1764650000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, DOWN);
  }
}
