import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all.js';

const UP = [
  `CREATE TABLE replica (id integer PRIMARY KEY NOT NULL, replica_id text NOT NULL, start_number integer NOT NULL,
    joined integer NOT NULL, grants_ended integer NOT NULL, alone integer NOT NULL)`,
  `CREATE TABLE catalogue (id integer PRIMARY KEY NOT NULL, next_book_id integer NOT NULL)`,
  `CREATE TABLE book (id integer PRIMARY KEY NOT NULL, committed integer NOT NULL, quantity integer, price_cents integer,
    topic_id integer, promised_round integer, promised_replica text, promised_start integer, title text, isbn text, author text)`,
  `CREATE INDEX book_by_topic ON book (topic_id, id)`,
  `CREATE INDEX book_low_in_stock ON book (quantity) WHERE quantity <= 10`,
  `CREATE TABLE pending (book_id integer PRIMARY KEY NOT NULL, sequence_number integer NOT NULL, round integer NOT NULL,
    replica_id text NOT NULL, start_number integer NOT NULL, entry text NOT NULL)`,
  `CREATE TABLE entry (change integer PRIMARY KEY NOT NULL, book_id integer NOT NULL, sequence_number integer NOT NULL,
    sales integer NOT NULL, entry text NOT NULL)`,
  `CREATE INDEX entry_of_book ON entry (book_id, sequence_number, sales)`,
  `CREATE TABLE genesis (book_id integer PRIMARY KEY NOT NULL, entry text NOT NULL)`,
  `CREATE TABLE operation (operation_id text PRIMARY KEY NOT NULL, change integer NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE sale (order_id text PRIMARY KEY NOT NULL, at integer NOT NULL, change integer NOT NULL) WITHOUT ROWID`,
  `CREATE INDEX sale_by_time ON sale (at, order_id)`,
  `CREATE TABLE unique_key ("key" text PRIMARY KEY NOT NULL, book_id integer NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE cursor (peer text PRIMARY KEY NOT NULL, change integer NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE reapplication (operation_id text PRIMARY KEY NOT NULL, book_id integer NOT NULL, decided text NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE topic (id integer PRIMARY KEY NOT NULL, books integer NOT NULL, name text NOT NULL, folded text NOT NULL)`,
  `CREATE UNIQUE INDEX topic_by_name ON topic (name)`,
  `CREATE INDEX topic_by_books ON topic (books) WHERE books > 0`,
  `CREATE VIRTUAL TABLE topic_gram USING fts5(grams, content='', detail=none, columnsize=0, tokenize='ascii', prefix='4 8')`,
  `CREATE TABLE room (id integer PRIMARY KEY NOT NULL, filler blob NOT NULL)`,
  `INSERT INTO catalogue (id, next_book_id) VALUES (1, 1)`,
  `INSERT INTO book (id, committed) VALUES (0, 0)`,
];

const TABLES = [
  'replica',
  'catalogue',
  'book',
  'pending',
  'entry',
  'genesis',
  'operation',
  'sale',
  'unique_key',
  'cursor',
  'reapplication',
  'topic',
  'topic_gram',
  'room',
];

/** The first schema: see tables.ts for what each table is for. */
export class Catalogue1763800000000 implements MigrationInterface {
  name = 'Catalogue1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(`DROP TABLE ${table}`);
  }
}
