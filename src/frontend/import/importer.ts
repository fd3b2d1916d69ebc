import { Injectable } from '@nestjs/common';
import { priceOf } from '../../contract/book-limits.js';
import { type FileUnderstood, type ImportPreview, type ImportReport } from '../../contract/public-import.js';
import { type Book } from '../../core/replication/types.js';
import { CatalogClient } from '../upstream/catalog.client.js';
import { type ImportOptions } from './import-options.js';
import { ImportRun } from './import-run.js';
import { type ImportFormat } from './import-upload.js';
import { linesOf, type Lines, UnreadableFile } from './lines.js';
import { CsvReader, JsonLinesReader, type RecordReader } from './records.js';
import { RowCheck } from './row-check.js';

const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** A preview is asked of the beginning of a file. */
const MAX_PREVIEW_BYTES = 4 * 1024 * 1024;
/** So many books and mistakes show what was understood. */
const MOST_PREVIEWED = 8;

/** Creates the books of a file. */
@Injectable()
export class Importer {
  constructor(private readonly catalogs: CatalogClient) {}

  /**
   * Bad rows do not stop the others. Throws a ShopError, with the report so far, when no catalog can be reached: the same file may
   * be sent again, for books that are there already stay as they are. Throws `UnreadableFile` for a file that is none.
   */
  async import(
    chunks: AsyncIterable<Buffer>,
    format: ImportFormat,
    options: ImportOptions,
    by?: string,
  ): Promise<ImportReport> {
    const lines = await linesOf(chunks, MAX_FILE_BYTES, options.encoding);
    const reader = readerOf(format, options);
    const run = new ImportRun(this.catalogs, { update: options.update, by }, () => understood(lines, reader));
    try {
      for await (const some of lines.all()) {
        for (const line of some) for (const row of reader.read(line)) await run.take(row);
      }
      for (const row of reader.end()) await run.take(row);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      // What came before it is taken all the same, and told.
      const soFar = await run.finish();
      throw new UnreadableFile(error.code, withCounts(error.message, soFar), { ...error.added, ...soFar });
    } finally {
      // What was sent is brought to its end in any case, or a failure of it would be nobody's.
      await run.settle();
    }
    return run.finish();
  }

  /** What would be understood of a file, by its beginning. */
  async preview(
    chunks: AsyncIterable<Buffer>,
    format: ImportFormat,
    options: ImportOptions,
  ): Promise<ImportPreview> {
    const lines = await linesOf(chunks, MAX_PREVIEW_BYTES, options.encoding);
    const reader = readerOf(format, options);
    const check = new RowCheck();
    const preview: ImportPreview = {
      understood: understood(lines, reader),
      missing: [],
      books: [],
      rejected: [],
    };
    // All that was sent is read, for its encoding; the first rows are shown.
    for await (const some of lines.all()) {
      for (const line of some) {
        if (preview.books.length + preview.rejected.length >= MOST_PREVIEWED) break;
        for (const row of reader.read(line)) {
          const checked = await check.check(row);
          if ('reason' in checked) preview.rejected.push(checked);
          else preview.books.push({ line: checked.line, ...previewOf(checked.book) });
        }
      }
    }
    if (preview.books.length + preview.rejected.length === 0) reader.end();
    const { missing } = reader.understood();
    // Every row lacks what no column was found for.
    const rejected = missing.length > 0 ? [] : preview.rejected;
    return { ...preview, understood: understood(lines, reader), missing, rejected };
  }
}

function readerOf(format: ImportFormat, options: ImportOptions): RecordReader {
  return format === 'csv' ? new CsvReader(options) : new JsonLinesReader(options);
}

function understood({ encoding }: Lines, reader: RecordReader): FileUnderstood {
  const { separator, columns, leftOut } = reader.understood();
  return { encoding, separator, columns, leftOut };
}

function withCounts(
  message: string,
  { created, updated }: Pick<ImportReport, 'created' | 'updated'>,
): string {
  if (created === 0 && updated === 0) return message;
  return `${message}. So far: ${created} created${updated > 0 ? `, ${updated} updated` : ''}`;
}

function previewOf({
  priceCents,
  isbn,
  author,
  ...book
}: Book): Omit<ImportPreview['books'][number], 'line'> {
  return {
    ...book,
    price: priceOf(priceCents),
    ...(isbn !== null && { isbn }),
    ...(author !== null && { author }),
  };
}
