import { randomUUID } from 'node:crypto';
import { type OperationsRequest } from '../../contract/internal.js';
import {
  type DifferingRow,
  type FileUnderstood,
  type ImportReport,
  type RejectedRow,
} from '../../contract/public-import.js';
import { type FailOverTimes } from '../../core/balancing/fail-over.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type Book, type BookChanges, CATALOGUE } from '../../core/replication/types.js';
import { unwritten } from '../shop/shop.error.js';
import { type CatalogClient } from '../upstream/catalog.client.js';
import { type RawRow } from './records.js';
import { type CheckedRow, RowCheck } from './row-check.js';

/** A request to a catalog stays well below its limit for bodies. */
const MAX_BATCH_BYTES = 400_000;
/** Small ones: while a replica creates books it does nothing else, and its leases have to be renewed in between. */
const BATCH_ROWS = 100;
const BATCHES_UNDER_WAY = 2;
/** A batch outlasts a short outage. */
const BATCH_TIMES: FailOverTimes = {
  attemptMs: 5_000,
  totalMs: 60_000,
  // Nobody is kept waiting: it goes on whatever the failures were.
  againAfter: ['refused', 'lost', 'not ready', 'overloaded'],
  patienceMs: 60_000,
};
const MAX_SHOWN = 1_000;

interface Difference {
  readonly row: DifferingRow;
  readonly changes: BookChanges;
}

/** One file on its way into the catalogue: many books in one operation request, and a few requests at a time. */
export class ImportRun {
  private readonly check = new RowCheck();
  /** Operation ids of this run begin so. A run that is repeated is told by the books themselves. */
  private readonly id = randomUUID();
  private readonly underWay = new Set<Promise<void>>();
  private readonly rejected: RejectedRow[] = [];
  private rejectedCount = 0;
  private readonly differs: DifferingRow[] = [];
  private differsCount = 0;
  private created = 0;
  private unchanged = 0;
  private updated = 0;
  private batch: CheckedRow[] = [];
  private batchBytes = 0;
  /** Set when no catalog could be reached: nothing more is sent. */
  private stopped: { readonly mayHaveHappened: boolean } | null = null;

  constructor(
    private readonly catalogs: Pick<CatalogClient, 'submit'>,
    /** `by`: who asks for it. */
    private readonly wish: { readonly update: boolean; readonly by: string | undefined },
    private readonly understood: () => FileUnderstood,
  ) {}

  async take(raw: RawRow): Promise<void> {
    const row = await this.check.check(raw);
    if ('reason' in row) return this.reject(row.line, row.reason);
    const bytes = bytesOf(row.book);
    if (this.batch.length >= BATCH_ROWS || this.batchBytes + bytes > MAX_BATCH_BYTES) await this.flush();
    this.batch.push(row);
    this.batchBytes += bytes;
  }

  async settle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  async finish(): Promise<ImportReport> {
    await this.flush();
    await this.settle();
    this.throwIfStopped();
    return this.report();
  }

  private async flush(): Promise<void> {
    this.throwIfStopped();
    const batch = this.batch;
    this.batch = [];
    this.batchBytes = 0;
    if (batch.length === 0) return;
    while (this.underWay.size >= BATCHES_UNDER_WAY) await Promise.race(this.underWay);
    const sending = this.send(batch).finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
  }

  private async send(batch: readonly CheckedRow[]): Promise<void> {
    const results = await this.submit(
      batch.map(({ line, book }) => ({
        bookId: CATALOGUE,
        operation: { kind: 'create', ...this.signed(`import:${this.id}:${line}`), book },
      })),
    );
    const differences: Difference[] = [];
    for (const [place, result] of results.entries()) {
      const row = batch[place];
      if (row === undefined) continue;
      if (result.kind !== 'decided') this.reject(row.line, `not created: ${result.kind}`);
      else if (result.outcome.kind === 'created') this.created++;
      else {
        const difference = differenceOf(row, result.bookId, result.book);
        if (difference === null) this.unchanged++;
        else differences.push(difference);
      }
    }
    if (this.wish.update) await this.apply(differences);
    else for (const { row } of differences) this.tellDiffering(row);
  }

  private async apply(differences: readonly Difference[]): Promise<void> {
    if (differences.length === 0) return;
    const results = await this.submit(
      differences.map(({ row: { line, bookId }, changes }) => ({
        bookId,
        operation: {
          kind: 'edit',
          ...this.signed(`import:${this.id}:${line}:update`),
          changes,
          expectedSequenceNumber: null,
        },
      })),
    );
    for (const [place, result] of results.entries()) {
      if (result.kind === 'decided') this.updated++;
      else this.reject(differences[place]?.row.line ?? 0, `not updated: ${result.kind}`);
    }
  }

  private signed(operationId: string): { readonly operationId: string; readonly by?: string } {
    const { by } = this.wish;
    return { operationId, ...(by !== undefined && { by }) };
  }

  /** Nothing, and `stopped`, when no catalog could be reached. */
  private async submit(operations: OperationsRequest['operations']): Promise<readonly SubmitResult[]> {
    const reached = await this.catalogs.submit(operations, { times: BATCH_TIMES, channel: 'bulk' });
    if (reached.kind === 'done') return reached.value;
    this.stopped = { mayHaveHappened: reached.mayHaveHappened };
    return [];
  }

  private throwIfStopped(): void {
    if (this.stopped === null) return;
    // Some of it may be done already: not the 503 that says nothing was.
    throw unwritten('catalog unreachable', { ...this.stopped, overloaded: false }, { ...this.report() });
  }

  private reject(line: number, reason: string): void {
    this.rejectedCount++;
    if (this.rejected.length < MAX_SHOWN) this.rejected.push({ line, reason });
  }

  private tellDiffering(row: DifferingRow): void {
    this.differsCount++;
    if (this.differs.length < MAX_SHOWN) this.differs.push(row);
  }

  private report(): ImportReport {
    const { created, unchanged, updated, differsCount, rejectedCount } = this;
    return {
      created,
      unchanged,
      updated,
      differs: this.differs.toSorted((a, b) => a.line - b.line),
      differsCount,
      rejected: this.rejected.toSorted((a, b) => a.line - b.line),
      rejectedCount,
      understood: this.understood(),
    };
  }
}

/** Only what changes from day to day: titles and topics are the shop's own to word. */
function differenceOf({ line, book }: CheckedRow, bookId: number, there: Book | null): Difference | null {
  if (there === null) return null;
  const price = there.priceCents !== book.priceCents;
  const quantity = there.quantity !== book.quantity;
  if (!price && !quantity) return null;
  return {
    row: {
      line,
      bookId,
      fields: [...(price ? (['price'] as const) : []), ...(quantity ? (['quantity'] as const) : [])],
    },
    changes: { ...(price && { priceCents: book.priceCents }), ...(quantity && { quantity: book.quantity }) },
  };
}

/** At most, as JSON in UTF-8. */
function bytesOf({ title, topic, author, isbn }: Book): number {
  return 300 + 3 * (title.length + topic.length + (author?.length ?? 0) + (isbn?.length ?? 0));
}
