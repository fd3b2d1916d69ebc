import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Topics of as many books stand in the order of their names, which is the same on every replica: a list of them goes on anywhere. */
export class TopicsInOrder1764600000000 implements MigrationInterface {
  name = 'TopicsInOrder1764600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX topic_by_books');
    await queryRunner.query('CREATE INDEX topic_by_books ON topic (books DESC, name) WHERE books > 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX topic_by_books');
    await queryRunner.query('CREATE INDEX topic_by_books ON topic (books) WHERE books > 0');
  }
}
