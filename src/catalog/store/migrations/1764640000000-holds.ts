import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Copies may be held, orders cancelled and found by the client's own reference. Files from before hold nothing of it. */
export class Holds1764640000000 implements MigrationInterface {
  name = 'Holds1764640000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE hold (
        hold_id text PRIMARY KEY NOT NULL, book_id integer NOT NULL, copies integer NOT NULL, price_cents integer NOT NULL,
        until real NOT NULL, due real, decided_by text, other_books text, reference text, ended text, order_id text
      ) WITHOUT ROWID`,
    );
    await queryRunner.query('CREATE INDEX hold_due ON hold (due) WHERE due IS NOT NULL');
    await queryRunner.query('CREATE INDEX hold_due_of_book ON hold (book_id, due) WHERE due IS NOT NULL');
    await queryRunner.query('CREATE INDEX hold_following ON hold (decided_by) WHERE decided_by IS NOT NULL');
    await queryRunner.query(
      'CREATE INDEX hold_of_order ON hold (order_id, book_id) WHERE order_id IS NOT NULL',
    );
    await queryRunner.query(
      `CREATE TABLE cancellation (
        order_id text NOT NULL, book_id integer NOT NULL, copies integer NOT NULL, PRIMARY KEY (order_id, book_id)
      ) WITHOUT ROWID`,
    );
    await queryRunner.query(
      `CREATE TABLE order_reference (
        reference text NOT NULL, order_id text NOT NULL, PRIMARY KEY (reference, order_id)
      ) WITHOUT ROWID`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['order_reference', 'cancellation', 'hold'])
      await queryRunner.query(`DROP TABLE ${table}`);
  }
}
