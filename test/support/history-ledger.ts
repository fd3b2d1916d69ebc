import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../src/catalog/store/sqlite-store.js';
import { type ReplicaStatus } from '../../src/core/replication/api.js';
import { CATALOGUE } from '../../src/core/replication/types.js';
import { checkAcknowledgements } from '../simulation/checkers/acknowledgements.js';
import { checkBooks } from '../simulation/checkers/book-history.js';
import { checkConvergence, type Remains } from '../simulation/checkers/convergence.js';
import { LedgerOracle } from '../simulation/checkers/ledger-oracle.js';
import { checkOrder } from '../simulation/checkers/order.js';
import { type History, type HistoryItem, mergeTwins, type Violation } from '../simulation/history.js';
import { UNTOLD } from './history-calls.js';
import { callInternal } from './layout.js';
import { type RoleInOwnProcess } from './processes.js';
import { until } from './until.js';

const PAGE = 100_000;

/** The ledgers of catalogs that run, each read from a copy of its files as a crash at this moment would leave them. */
export class Ledgers {
  readonly oracle: LedgerOracle;
  readonly violations: Violation[] = [];

  private constructor(
    private readonly remains: readonly (Remains & { readonly store: SqliteStore })[],
    private readonly folder: string,
  ) {
    this.oracle = new LedgerOracle((violation) => this.violations.push(violation));
    for (const { name, store } of remains) this.take(name, store);
  }

  /** Once they are at rest: all ready, nothing pending, nobody barred, no operation waiting. */
  static async read(catalogs: readonly RoleInOwnProcess[]): Promise<Ledgers> {
    const statuses = await Promise.all(catalogs.map(atRest));
    const folder = mkdtempSync(join(tmpdir(), 'bazar-ledgers-'));
    for (const catalog of catalogs) catalog.freeze();
    try {
      catalogs.forEach((catalog, index) => copyFiles(pathOf(catalog), copyIn(folder, index)));
    } finally {
      for (const catalog of catalogs) catalog.thaw();
    }
    const onFailure = (error: Error): void => {
      throw error;
    };
    const stores = await Promise.all(
      catalogs.map((_, index) => SqliteStore.open({ path: copyIn(folder, index), onFailure })),
    );
    const remains = stores.map((store, index) => ({
      name: catalogs[index]?.placed.name ?? '',
      replica: { status: () => statuses[index] as ReplicaStatus },
      store,
    }));
    return new Ledgers(remains, folder);
  }

  /** All that the simulator's checkers find in a history. `undecided`: books whose history was too long for the search. */
  judge(history: History): {
    readonly violations: readonly Violation[];
    readonly undecided: readonly number[];
  } {
    for (const item of history.items) item.answer ??= { kind: 'unknown' };
    const items = mergeTwins(history.items.map((item) => completeFrom(this.oracle, item)));
    const undecided: number[] = [];
    const violations = [
      ...this.violations,
      ...checkAcknowledgements(items, this.oracle),
      ...checkOrder(items, this.oracle),
      ...checkBooks(items, this.oracle, (bookId) => undecided.push(bookId)),
      ...checkConvergence(this.remains, this.oracle),
    ];
    return { violations, undecided };
  }

  async close(): Promise<void> {
    await Promise.all(this.remains.map(({ store }) => store.close()));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private take(name: string, store: SqliteStore): void {
    for (let bookId = CATALOGUE; bookId < store.nextBookId(); bookId += 1) {
      const entries = store.entries(bookId, 0, PAGE);
      entries.forEach((entry, index) => {
        // Only the last book is stored.
        const book = index === entries.length - 1 ? (store.record(bookId)?.book ?? null) : undefined;
        this.oracle.commits(name, bookId, entry, book);
      });
    }
  }
}

async function atRest(catalog: RoleInOwnProcess): Promise<ReplicaStatus> {
  return until(`${catalog.placed.name} is at rest`, async () => {
    const status = await statusOf(catalog);
    if (status === null || !status.ready) return null;
    return status.pending.length + status.barred.length + status.waiting === 0 ? status : null;
  });
}

/** Null: it does not answer, or its store failed. */
export async function statusOf(catalog: RoleInOwnProcess): Promise<ReplicaStatus | null> {
  try {
    const answer = await callInternal(catalog.address, '/status');
    return answer.ok ? ((await answer.json()) as ReplicaStatus) : null;
  } catch {
    return null;
  }
}

export function pathOf(catalog: RoleInOwnProcess): string {
  return (catalog.placed.env['DATABASE_URL'] ?? '').replace('sqlite:', '');
}

/** Its files, the write-ahead log with them. */
export function filesOf(path: string): string[] {
  return [path, `${path}-wal`, `${path}-shm`].filter((file) => existsSync(file));
}

function copyIn(folder: string, index: number): string {
  return join(folder, `${index + 1}.sqlite`);
}

function copyFiles(from: string, to: string): void {
  for (const file of filesOf(from)) cpSync(file, `${to}${file.slice(from.length)}`);
}

/** `PUT /buy` tells the order only: price and time are taken from the ledger, if it is that order that stands there. */
function completeFrom(oracle: LedgerOracle, item: HistoryItem): HistoryItem {
  const { call, answer } = item;
  if (call.kind !== 'write' || answer?.kind !== 'written' || answer.result.kind !== 'decided') return item;
  const { outcome } = answer.result;
  const held = oracle.places.get(call.operation.operationId)?.outcome;
  if (outcome.kind !== 'sold' || outcome.at !== UNTOLD) return item;
  if (held?.kind !== 'sold' || held.orderId !== outcome.orderId) return item;
  return { ...item, answer: { kind: 'written', result: { ...answer.result, outcome: held } } };
}
