import { HttpException, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type ImportReport, NewBook, type RejectedRow } from '../../contract/public-book.js';
import { CATALOGUE, type Book } from '../../core/replication/types.js';
import { createValidationPipe } from '../../http/validation.js';
import { bookOf } from '../admin/administration.service.js';
import { unwritten } from '../shop/shop.error.js';
import { CatalogClient } from '../upstream/catalog.client.js';
import { type FailOverTimes } from '../../core/balancing/fail-over.js';
import { linesOf } from './lines.js';
import { type RawRow, type RecordReader } from './records.js';

const MAX_FILE_BYTES = 256 * 1024 * 1024;
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
const MAX_REJECTED_SHOWN = 1_000;

interface Row {
  readonly line: number;
  readonly book: Book;
}

/** Creates the books of a file, many in one operation request and a few requests at a time. */
@Injectable()
export class Importer {
  constructor(private readonly catalogs: CatalogClient) {}

  /**
   * Bad rows do not stop the others. Throws a ShopError, with the report so far, when no catalog can be reached: the same file may
   * be sent again, for books that are there already stay as they are. Throws `UnreadableFile` for a file that is none.
   */
  async import(chunks: AsyncIterable<Buffer>, reader: RecordReader): Promise<ImportReport> {
    const run = new ImportRun(this.catalogs);
    try {
      for await (const lines of linesOf(chunks, MAX_FILE_BYTES)) {
        for (const line of lines) for (const row of reader.read(line)) await run.take(row);
      }
      for (const row of reader.end()) await run.take(row);
    } finally {
      // What was sent is brought to its end in any case, or a failure of it would be nobody's.
      await run.settle();
    }
    return run.finish();
  }
}

class ImportRun {
  private readonly pipe = createValidationPipe();
  /** Operation ids of this run begin so. A run that is repeated is told by the books themselves. */
  private readonly id = randomUUID();
  private readonly underWay = new Set<Promise<void>>();
  private readonly rejected: RejectedRow[] = [];
  private rejectedCount = 0;
  private created = 0;
  private unchanged = 0;
  private batch: Row[] = [];
  private batchBytes = 0;
  /** Set when no catalog could be reached: nothing more is sent. */
  private stopped: { readonly mayHaveHappened: boolean } | null = null;

  constructor(private readonly catalogs: CatalogClient) {}

  async take(raw: RawRow): Promise<void> {
    const row = raw.kind === 'row' ? await this.checked(raw.line, raw.fields) : raw;
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

  private async checked(line: number, fields: object): Promise<Row | RejectedRow> {
    try {
      const book = (await this.pipe.transform(fields, { type: 'body', metatype: NewBook })) as NewBook;
      return { line, book: bookOf(book) };
    } catch (error) {
      if (error instanceof HttpException) return { line, reason: error.message };
      throw error;
    }
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

  private async send(batch: readonly Row[]): Promise<void> {
    const operations = batch.map(({ line, book }) => ({
      bookId: CATALOGUE,
      operation: { kind: 'create' as const, operationId: `import:${this.id}:${line}`, book },
    }));
    const reached = await this.catalogs.submit(operations, BATCH_TIMES);
    if (reached.kind !== 'done') {
      this.stopped = { mayHaveHappened: reached.mayHaveHappened };
      return;
    }
    for (const [place, result] of reached.value.entries()) {
      if (result.kind !== 'decided') this.reject(batch[place]?.line ?? 0, `not created: ${result.kind}`);
      else if (result.outcome.kind === 'created') this.created++;
      else this.unchanged++;
    }
  }

  private throwIfStopped(): void {
    if (this.stopped === null) return;
    // Some of it may be done already: not the 503 that says nothing was.
    throw unwritten('catalog unreachable', { ...this.stopped, overloaded: false }, { ...this.report() });
  }

  private reject(line: number, reason: string): void {
    this.rejectedCount++;
    if (this.rejected.length < MAX_REJECTED_SHOWN) this.rejected.push({ line, reason });
  }

  private report(): ImportReport {
    const { created, unchanged, rejectedCount } = this;
    return { created, unchanged, rejected: this.rejected.toSorted((a, b) => a.line - b.line), rejectedCount };
  }
}

/** At most, as JSON in UTF-8. */
function bytesOf({ title, topic, author, isbn }: Book): number {
  return 300 + 3 * (title.length + topic.length + (author?.length ?? 0) + (isbn?.length ?? 0));
}
