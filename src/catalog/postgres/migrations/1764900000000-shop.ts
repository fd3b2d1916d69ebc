import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from '../../store/migrations/run-all.js';

/** Texts are compared byte by byte, whatever the database's own order is. Books keep room on their pages, for sales change their rows in place. */
const TABLES = [
  `CREATE TABLE catalogue (
    id smallint PRIMARY KEY CHECK (id = 1), engine_id text NOT NULL, committed bigint NOT NULL, next_book_id bigint NOT NULL
  )`,
  `CREATE TABLE book (
    id bigint PRIMARY KEY, committed bigint NOT NULL, version bigint NOT NULL, quantity bigint NOT NULL CHECK (quantity >= 0),
    price_cents bigint NOT NULL, title text COLLATE "C" NOT NULL, topic text COLLATE "C" NOT NULL, isbn text, author text,
    hidden boolean NOT NULL, claim bigint NOT NULL, folded_title text COLLATE "C" NOT NULL, folded_topic text COLLATE "C" NOT NULL, words text[] COLLATE "C" NOT NULL
  ) WITH (fillfactor = 50)`,
  'CREATE INDEX book_by_topic ON book (topic, id)',
  'CREATE INDEX book_by_folded_topic ON book (folded_topic, id)',
  'CREATE INDEX book_by_title ON book (folded_title, id)',
  'CREATE INDEX book_by_price ON book (price_cents, id)',
  'CREATE INDEX book_hidden ON book (id) WHERE hidden',
  'CREATE INDEX book_by_words ON book USING gin (words)',
  `CREATE TABLE word (id bigint GENERATED ALWAYS AS IDENTITY, word text COLLATE "C" PRIMARY KEY, beginnings text[] COLLATE "C" NOT NULL)`,
  'CREATE INDEX word_by_beginnings ON word USING gin (beginnings)',
  `CREATE TABLE unique_key (key text COLLATE "C" PRIMARY KEY, book_id bigint NOT NULL, claim bigint NOT NULL)`,
  // In the order in which the feed of changes tells them; what creates a book in its own ledger is told with the catalogue's entry, and has none.
  'CREATE SEQUENCE change_number AS bigint',
  `CREATE TABLE entry (
    book_id bigint, sequence_number bigint, sales int NOT NULL, administered int NOT NULL, entry text NOT NULL, change bigint UNIQUE,
    PRIMARY KEY (book_id, sequence_number)
  )`,
  'CREATE INDEX entry_by_administrators ON entry (book_id, sequence_number) WHERE administered > 0',
  `CREATE TABLE operation (operation_id text COLLATE "C" PRIMARY KEY, book_id bigint NOT NULL, sequence_number bigint NOT NULL)`,
  `CREATE TABLE sale (order_id text COLLATE "C" PRIMARY KEY, book_id bigint NOT NULL, sequence_number bigint NOT NULL)`,
  `CREATE TABLE order_reference (reference text COLLATE "C", order_id text COLLATE "C", PRIMARY KEY (reference, order_id))`,
  `CREATE TABLE hold (
    hold_id text COLLATE "C" PRIMARY KEY, book_id bigint NOT NULL, copies bigint NOT NULL, price_cents bigint NOT NULL,
    until double precision NOT NULL, due double precision, decided_by text COLLATE "C", other_books bigint[] NOT NULL,
    reference text COLLATE "C", ended text, order_id text COLLATE "C"
  )`,
  'CREATE INDEX hold_due ON hold (due) WHERE due IS NOT NULL',
  'CREATE INDEX hold_due_of_book ON hold (book_id, due) WHERE due IS NOT NULL',
  'CREATE INDEX hold_following ON hold (decided_by) WHERE decided_by IS NOT NULL',
  'CREATE INDEX hold_of_order ON hold (order_id, book_id) WHERE order_id IS NOT NULL',
  `CREATE TABLE cancellation (order_id text COLLATE "C", book_id bigint, copies bigint NOT NULL, PRIMARY KEY (order_id, book_id))`,
  `CREATE TABLE membership (id smallint PRIMARY KEY CHECK (id = 1), version bigint NOT NULL)`,
  `CREATE TABLE member (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text COLLATE "C" NOT NULL UNIQUE, address text NOT NULL,
    operations text[] NOT NULL, delivers boolean NOT NULL, fenced boolean NOT NULL DEFAULT false, since timestamptz NOT NULL DEFAULT now()
  )`,
  // Apart from the members, whose rows writers rely on: touched four times in a lease.
  'CREATE TABLE beat (member bigint PRIMARY KEY, beats bigint NOT NULL) WITH (fillfactor = 20)',
  // How far the receiver of WEBHOOK_URL has got: the cursor, and the number of the last change that it took.
  'CREATE TABLE webhook (id smallint PRIMARY KEY CHECK (id = 1), told bigint NOT NULL, since text)',
  `INSERT INTO catalogue VALUES (1, gen_random_uuid()::text, 0, 1)`,
  'INSERT INTO membership VALUES (1, 0)',
  'INSERT INTO webhook VALUES (1, 0, NULL)',
];

export class Shop1764900000000 implements MigrationInterface {
  name = 'Shop1764900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, TABLES);
  }

  async down(): Promise<void> {
    // There is no schema before the first one: drop the database.
    return Promise.reject(new Error('the first schema has none before it'));
  }
}
