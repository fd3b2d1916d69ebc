import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Order ids begin with the time of their sale: a column and an index of it cost each sale a page to write. */
export class OrdersById1764000000000 implements MigrationInterface {
  name = 'OrdersById1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX sale_by_time');
    await queryRunner.query('ALTER TABLE sale DROP COLUMN at');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE sale ADD COLUMN at integer NOT NULL DEFAULT 0');
    await queryRunner.query('CREATE INDEX sale_by_time ON sale (at, order_id)');
  }
}
