import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all.js';

const CREATE = [
  `CREATE VIRTUAL TABLE book_text USING fts5(title, author, topic, shelf, content='', detail=column, columnsize=0,
     tokenize='ascii', prefix='1 2 3 4')`,
  'CREATE TABLE book_title (folded text NOT NULL, book_id integer NOT NULL, PRIMARY KEY (folded, book_id)) WITHOUT ROWID',
  `CREATE TABLE book_price (price_cents integer NOT NULL, book_id integer NOT NULL, PRIMARY KEY (price_cents, book_id))
     WITHOUT ROWID`,
  'CREATE TABLE word (id integer PRIMARY KEY, word text NOT NULL)',
  'CREATE UNIQUE INDEX word_by_word ON word (word)',
  `CREATE VIRTUAL TABLE word_beginning USING fts5(beginnings, content='', detail=none, columnsize=0, tokenize='ascii')`,
  'CREATE TABLE text_index (id integer PRIMARY KEY, filled_to integer)',
  // A file without books has nothing to fill up.
  `INSERT INTO text_index (id, filled_to) SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM book WHERE topic_id IS NOT NULL) THEN 0 END`,
];
const TABLES = ['text_index', 'word_beginning', 'word', 'book_price', 'book_title', 'book_text'];

/** Books are found by their words. The index of an older file is filled up while the catalog runs (`BookTexts.fill`). */
export class BookTexts1764400000000 implements MigrationInterface {
  name = 'BookTexts1764400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, CREATE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
