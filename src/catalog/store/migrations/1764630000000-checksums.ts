import { type MigrationInterface, type QueryRunner } from 'typeorm';

const COLUMNS = [
  'book.checksum',
  'book.promised_checksum',
  'entry.checksum',
  'genesis.checksum',
  'pending.checksum',
];

/** What is written bears a checksum from now on; of what was written before, books get theirs when they are looked through. */
export class Checksums1764630000000 implements MigrationInterface {
  name = 'Checksums1764630000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const place of COLUMNS) {
      const [table, column] = place.split('.');
      await queryRunner.query(`ALTER TABLE ${table} ADD COLUMN ${column} integer`);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const place of COLUMNS) {
      const [table, column] = place.split('.');
      await queryRunner.query(`ALTER TABLE ${table} DROP COLUMN ${column}`);
    }
  }
}
