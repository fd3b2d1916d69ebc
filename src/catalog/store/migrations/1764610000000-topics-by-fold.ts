import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Books of a topic are asked for by a name as people write it: in other letters, or in another Unicode form. */
export class TopicsByFold1764610000000 implements MigrationInterface {
  name = 'TopicsByFold1764610000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE INDEX topic_by_fold ON topic (folded)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX topic_by_fold');
  }
}
