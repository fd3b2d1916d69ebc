import { TestPostgres } from './postgres.js';

/**
 * `BAZAR_TEST_DATABASE=postgres npm test -- test/e2e`: the catalogs of the same tests share a PostgreSQL, one for each bookstore, where they
 * have a file each otherwise. Which suites have nothing to say of it stands in jest.config.js.
 */
const ON_POSTGRES = process.env['BAZAR_TEST_DATABASE'] === 'postgres';

/** What the catalogs of one bookstore keep their books in. */
export class TestDatabase {
  private constructor(
    /** For every role of the bookstore. */
    readonly settings: Readonly<Record<string, string>>,
    /** Null: a file for each. */
    readonly postgres: TestPostgres | null,
  ) {}

  /** Its name on the server. */
  get name(): string {
    return new URL(this.settings['DATABASE_URL'] ?? '').pathname.slice(1);
  }

  /** `settings`: those of a test that may name a database itself. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<TestDatabase> {
    if (!ON_POSTGRES || settings['DATABASE_URL'] !== undefined) return new TestDatabase(settings, null);
    const postgres = await TestPostgres.start();
    return new TestDatabase({ DATABASE_URL: await postgres.freshDatabase(), ...settings }, postgres);
  }

  async stop(): Promise<void> {
    await this.postgres?.stop();
  }
}
