import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all.js';

const UP = [
  'ALTER TABLE reapplication ADD COLUMN place integer NOT NULL DEFAULT 0',
  'CREATE INDEX reapplication_in_order ON reapplication (place)',
  // Nobody was told of these: holds that have run out end by themselves.
  `DELETE FROM reapplication WHERE decided LIKE '{"operation":{"kind":"expire",%'`,
];
const DOWN = ['DROP INDEX reapplication_in_order', 'ALTER TABLE reapplication DROP COLUMN place'];

/** What was taken back is applied again in the order in which it was made: an edit after the one before, a confirmation after its hold. */
export class ReapplicationsInOrder1764660000000 implements MigrationInterface {
  name = 'ReapplicationsInOrder1764660000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, DOWN);
  }
}
