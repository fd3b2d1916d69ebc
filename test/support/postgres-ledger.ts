import { type Entry } from '../../src/core/replication/types.js';
import { LedgerOracle } from '../simulation/checkers/ledger-oracle.js';
import { type History, type Violation } from '../simulation/history.js';
import { judgeBy, type Judgement } from './history-ledger.js';
import { type TestPostgres } from './postgres.js';

export interface Committed {
  readonly bookId: number;
  readonly entry: Entry;
}

/** In the order of each book's ledger. */
export async function entriesOf(postgres: TestPostgres, database: string): Promise<Committed[]> {
  const rows = await postgres.query<{ book_id: string; entry: string }>(
    database,
    'SELECT book_id, entry FROM entry ORDER BY book_id, sequence_number',
  );
  return rows.map(({ book_id, entry }) => ({ bookId: Number(book_id), entry: JSON.parse(entry) as Entry }));
}

/** The ledgers as the server has them, judged as those of replicas are. */
export async function postgresLedgers(
  postgres: TestPostgres,
  database: string,
): Promise<{ judge(history: History): Judgement; close(): Promise<void> }> {
  const violations: Violation[] = [];
  const oracle = new LedgerOracle((violation) => violations.push(violation));
  for (const { bookId, entry } of await entriesOf(postgres, database))
    oracle.commits('PostgreSQL', bookId, entry);
  return {
    judge: (history) => {
      const found = judgeBy(oracle, history);
      return { ...found, violations: [...violations, ...found.violations] };
    },
    close: () => Promise.resolve(),
  };
}
