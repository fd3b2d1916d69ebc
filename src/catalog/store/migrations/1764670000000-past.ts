import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { runAll } from './run-all.js';

const UP = [
  `ALTER TABLE replica ADD COLUMN past text NOT NULL DEFAULT '{}'`,
  `UPDATE replica SET past = json_object('promisedUpTo', coalesce((SELECT max(promised_round) FROM book), 0))`,
];

/** A replica knows who took the place of another, and a bound on the rounds of its promises (C3). */
export class Past1764670000000 implements MigrationInterface {
  name = 'Past1764670000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await runAll(queryRunner, UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE replica DROP COLUMN past');
  }
}
