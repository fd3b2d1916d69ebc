import { DataSource, type MigrationInterface } from 'typeorm';
import { sqliteDriver } from '../../src/runtime/sqlite-driver.js';

type Migration = new () => MigrationInterface;

/** A file as a release left it that knew those migrations and no others, brought up to them. */
export async function openWith(path: string, migrations: readonly Migration[]): Promise<DataSource> {
  const source = await new DataSource({
    type: 'better-sqlite3',
    driver: sqliteDriver(),
    database: path,
    migrations: [...migrations],
  }).initialize();
  await source.runMigrations();
  return source;
}
