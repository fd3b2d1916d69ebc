import { type History } from '../../simulation/history.js';
import { type Clients } from '../../support/history-clients.js';
import { Ledgers } from '../../support/history-ledger.js';
import { checkStock } from '../../support/history-orders.js';
import { postgresLedgers } from '../../support/postgres-ledger.js';
import { type BookstoreOfProcesses } from '../../support/processes.js';
import { untilEqual } from './faults.js';

/** Copies with which each of the clients' books begins. */
const COPIES = 20;

/** What a judgement needs of a bookstore, wherever it runs. */
export interface Judged {
  readonly frontEnds: readonly { readonly address: string }[];
  untilEqual(): Promise<unknown>;
  ledgers(): Promise<Pick<Ledgers, 'judge' | 'close'>>;
}

/** All that is wrong with what clients saw and what catalogs hold, when the clients are gone and every process is ready. */
export function faultsFound(
  { frontEnds, catalogs, database }: BookstoreOfProcesses,
  clients: Clients,
  history: History,
): Promise<string[]> {
  const { postgres } = database;
  const judged = {
    frontEnds,
    untilEqual: () => untilEqual(catalogs),
    ledgers: () => (postgres === null ? Ledgers.read(catalogs) : postgresLedgers(postgres, database.name)),
  };
  return judge(judged, clients, history);
}

export async function judge(bookstore: Judged, clients: Clients, history: History): Promise<string[]> {
  await clients.lookAround();
  await bookstore.untilEqual();
  const listed = await Promise.all(
    bookstore.frontEnds.flatMap(({ address }) =>
      clients.books.map((bookId) => checkStock(address, bookId, COPIES, history)),
    ),
  );
  const ledgers = await bookstore.ledgers();
  try {
    const { violations, undecided } = ledgers.judge(history);
    return [
      ...clients.surprises,
      ...listed.flat(),
      ...violations.map(({ rule, text }) => `${rule}: ${text}`),
      ...undecided.map((bookId) => `book ${bookId}: the history was too long to be judged`),
    ];
  } finally {
    await ledgers.close();
  }
}
