import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SqliteStore } from '../../src/catalog/store/sqlite-store.js';
import { type ReplicaStatus } from '../../src/core/replication/api.js';
import { CATALOGUE, type Outcome } from '../../src/core/replication/types.js';
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

export interface Judgement {
  readonly violations: readonly Violation[];
  /** Books whose history was too long for the search. */
  readonly undecided: readonly number[];
}

/** All that the simulator's checkers find in a history, by the ledgers that came of it. */
export function judgeBy(oracle: LedgerOracle, history: History): Judgement {
  for (const item of history.items) item.answer ??= { kind: 'unknown' };
  const items = mergeTwins(history.items.map((item) => completeFrom(oracle, item)));
  const undecided: number[] = [];
  const violations = [
    ...checkAcknowledgements(items, oracle),
    ...checkOrder(items, oracle),
    ...checkBooks(items, oracle, (bookId) => undecided.push(bookId)),
  ];
  return { violations, undecided };
}

/** What reading the ledger of a catalog that runs needs of it, wherever it runs. */
export interface LedgerHolder {
  readonly name: string;
  /** Null: it does not answer, or its store failed. */
  status(): Promise<ReplicaStatus | null>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Its file, and with it the write-ahead log, whose name goes on where `path` ends. */
  copyTo(path: string): Promise<void>;
}

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

  /** Once they are at rest: all ready, nothing pending, nobody barred, no operation waiting, all of it on disk. */
  static async read(catalogs: readonly RoleInOwnProcess[]): Promise<Ledgers> {
    return Ledgers.of(catalogs.map(asHolder));
  }

  static async of(catalogs: readonly LedgerHolder[]): Promise<Ledgers> {
    const statuses = await Promise.all(catalogs.map(atRest));
    const folder = mkdtempSync(join(tmpdir(), 'bazar-ledgers-'));
    await Promise.all(catalogs.map((catalog) => catalog.freeze()));
    try {
      await Promise.all(catalogs.map((catalog, index) => catalog.copyTo(copyIn(folder, index))));
    } finally {
      await Promise.all(catalogs.map((catalog) => catalog.thaw()));
    }
    const onFailure = (error: Error): void => {
      throw error;
    };
    const stores = await Promise.all(
      catalogs.map((_, index) => SqliteStore.open({ path: copyIn(folder, index), onFailure })),
    );
    const remains = stores.map((store, index) => ({
      name: catalogs[index]?.name ?? '',
      replica: { status: () => statuses[index] as ReplicaStatus },
      store,
    }));
    return new Ledgers(remains, folder);
  }

  judge(history: History): Judgement {
    const { violations, undecided } = judgeBy(this.oracle, history);
    const differ = checkConvergence(this.remains, this.oracle);
    return { violations: [...this.violations, ...violations, ...differ], undecided };
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

function asHolder(catalog: RoleInOwnProcess): LedgerHolder {
  return {
    name: catalog.placed.name,
    status: () => statusOf(catalog),
    freeze: () => Promise.resolve(catalog.freeze()),
    thaw: () => Promise.resolve(catalog.thaw()),
    copyTo: (path) => Promise.resolve(copyFiles(pathOf(catalog), path)),
  };
}

async function atRest(catalog: LedgerHolder): Promise<ReplicaStatus> {
  return until(`${catalog.name} is at rest`, async () => {
    const status = await catalog.status();
    if (status === null || !status.ready) return null;
    const busy = status.pending.length + status.barred.length + status.waiting;
    // Commits ride on a later sync: the files do not show them before.
    return busy === 0 && status.durableChange >= status.lastChange ? status : null;
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

/** Clients are told less than stands in the ledger: of a `PUT /buy` the order only, not how many copies were left. The rest is taken from there. */
function completeFrom(oracle: LedgerOracle, item: HistoryItem): HistoryItem {
  const { call, answer } = item;
  if (call.kind !== 'write' || answer?.kind !== 'written' || answer.result.kind !== 'decided') return item;
  const { outcome } = answer.result;
  const stored = oracle.places.get(call.operation.operationId)?.outcome;
  if (stored === undefined || !tellsLessThan(outcome, stored)) return item;
  return { ...item, answer: { kind: 'written', result: { ...answer.result, outcome: stored } } };
}

function tellsLessThan(told: Outcome, stored: Outcome): boolean {
  if (told.kind === 'sold')
    return told.at === UNTOLD && stored.kind === 'sold' && stored.orderId === told.orderId;
  return told.kind === 'out of stock' && stored.kind === 'out of stock';
}
