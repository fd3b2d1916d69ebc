import { SqliteStore } from '../catalog/store/sqlite-store.js';
import { applyEntry } from '../core/replication/book-fold.js';
import { createdBy, keysGivenBy } from '../core/replication/ledger.js';
import { type BookId, CATALOGUE, type Change, type Entry } from '../core/replication/types.js';
import { Mistake } from './mistake.js';

/** Up to where a ledger is taken over. */
export type Until =
  /** Milliseconds since 1970: to before the first change with a sale that is younger. */
  | { readonly kind: 'time'; readonly at: number }
  /** That change is the last. */
  | { readonly kind: 'change'; readonly change: number };

const ALL: Until = { kind: 'change', change: Infinity };
const CHANGES_AT_A_TIME = 256;
const ENTRIES_AT_A_TIME = 64;
/** Changes between two syncs. */
const CHANGES_PER_SYNC = 8_192;

/** `2026-11-27T20:15:00Z`, or `change:1234`. */
export function parseUntil(text: string): Until {
  const [, change] = /^change:(\d{1,15})$/.exec(text) ?? [];
  if (change !== undefined) return { kind: 'change', change: Number(change) };
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const at = isTime ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return { kind: 'time', at };
  throw new Mistake(
    `--until: got "${text}", takes a time with its zone like 2026-11-27T20:15:00Z, or change:NUMBER`,
  );
}

/**
 * Makes a new file of the first changes of another, in their order there: what every book was after the last of them. Answers its number.
 * Sales alone bear a time; what else was changed between two of them counts as before the second.
 */
export async function replay(from: string, to: string, until: Until): Promise<number> {
  const source = await open(from);
  try {
    const target = await open(to);
    try {
      const entries = source.entries.bind(source);
      const changes = source.changes.bind(source);
      return await new Replay({ changes, entries }, target).run(until);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Where entries come from, in the order in which they were committed there. */
export interface Committed {
  changes(since: number, limit: number): readonly Change[] | Promise<readonly Change[]>;
  /** Absent: there, a book's entries never come before the one that creates it. */
  readonly entries?: (bookId: BookId, from: number, limit: number) => readonly Entry[];
}

/** Makes a new file of all that was committed elsewhere. */
export async function replayInto(source: Committed, to: string): Promise<void> {
  const target = await open(to);
  try {
    await new Replay(source, target).run(ALL);
  } finally {
    await target.close();
  }
}

function open(path: string): Promise<SqliteStore> {
  return SqliteStore.open({
    path,
    onFailure: (error) => {
      throw error;
    },
  });
}

class Replay {
  /** Books that had changes before the catalogue's entry that creates them. */
  readonly #early = new Set<BookId>();

  constructor(
    private readonly source: Committed,
    private readonly target: SqliteStore,
  ) {}

  async run(until: Until): Promise<number> {
    let last = 0;
    let sinceSync = 0;
    pages: for (;;) {
      const page = await this.source.changes(last, CHANGES_AT_A_TIME);
      for (const change of page) {
        if (isBeyond(change, until)) break pages;
        this.#apply(change.bookId, change.entry);
        last = change.change;
        if (++sinceSync >= CHANGES_PER_SYNC) {
          await this.#sync();
          sinceSync = 0;
        }
      }
      if (page.length < CHANGES_AT_A_TIME) break;
    }
    this.#createTheEarly();
    await this.#sync();
    return last;
  }

  #apply(bookId: BookId, entry: Entry): void {
    if (bookId === CATALOGUE) return this.#applyToCatalogue(entry);
    if (!this.#exists(bookId)) this.#begin(bookId);
    const before = this.target.record(bookId)?.book ?? null;
    this.target.commit(bookId, entry, applyEntry(before, entry));
  }

  #applyToCatalogue(entry: Entry): void {
    let nextBookId = this.target.nextBookId();
    for (const { bookId, genesis, book } of createdBy(entry)) {
      nextBookId = Math.max(nextBookId, bookId + 1);
      this.#early.delete(bookId);
      if (!this.#exists(bookId)) this.target.create(bookId, genesis, book);
    }
    this.target.saveNextBookId(nextBookId);
    for (const [key, held] of keysGivenBy(entry)) this.target.saveKey(key, held);
    this.target.commit(CATALOGUE, entry, null);
  }

  #entries(bookId: BookId, from: number, limit: number): readonly Entry[] {
    return this.source.entries?.(bookId, from, limit) ?? [];
  }

  #exists(bookId: BookId): boolean {
    return (this.target.record(bookId)?.committed ?? -1) >= 0;
  }

  #begin(bookId: BookId): void {
    const [genesis] = this.#entries(bookId, 0, 1);
    const book = genesis === undefined ? null : applyEntry(null, genesis);
    if (genesis === undefined || book === null) throw new Mistake(`book ${bookId} has no beginning`);
    this.target.create(bookId, genesis, book);
    this.#early.add(bookId);
  }

  /** They were created before somebody changed them, wherever the catalogue's entry stands here. */
  #createTheEarly(): void {
    while (this.#early.size > 0) {
      const next = (this.target.record(CATALOGUE)?.committed ?? 0) + 1;
      const entries = this.#entries(CATALOGUE, next, ENTRIES_AT_A_TIME);
      if (entries.length === 0) throw new Mistake(`no entry creates book ${[...this.#early][0]}`);
      for (const entry of entries) {
        if (this.#early.size > 0) this.#applyToCatalogue(entry);
      }
    }
  }

  #sync(): Promise<void> {
    return new Promise((resolve, reject) =>
      this.target.sync((error) => (error === undefined ? resolve() : reject(error))),
    );
  }
}

function isBeyond({ change, entry }: Change, until: Until): boolean {
  switch (until.kind) {
    case 'change':
      return change > until.change;
    case 'time':
      return entry.decided.some(({ outcome }) => outcome.kind === 'sold' && outcome.at > until.at);
    default:
      return until satisfies never;
  }
}
