import { parse } from 'csv-parse/sync';
import { shapeOf, tooMuchIn } from '../../http/json-body.js';
import { type Line, MAX_LINE_LENGTH, UnreadableFile } from './lines.js';

/** A row of the file as named fields, or why it is none. */
export type RawRow =
  | { readonly kind: 'row'; readonly line: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'rejected'; readonly line: number; readonly reason: string };

/** Turns lines into rows. */
export interface RecordReader {
  read(line: Line): RawRow[];
  /** The rows that the end of the file ends. */
  end(): RawRow[];
}

const TOO_LONG = `the line is longer than ${MAX_LINE_LENGTH} characters`;

/** One JSON object on each line; empty lines do not count. */
export class JsonLinesReader implements RecordReader {
  read({ number: line, text }: Line): RawRow[] {
    if (text === null) return [{ kind: 'rejected', line, reason: TOO_LONG }];
    if (text.trim() === '') return [];
    const tooMuch = tooMuchIn(shapeOf(Buffer.from(text)));
    if (tooMuch !== null) return [{ kind: 'rejected', line, reason: `the line ${tooMuch}` }];
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        return [{ kind: 'row', line, fields: value as Record<string, unknown> }];
      }
      return [{ kind: 'rejected', line, reason: 'the line is not a JSON object' }];
    } catch {
      return [{ kind: 'rejected', line, reason: 'the line is not valid JSON' }];
    }
  }

  end(): RawRow[] {
    return [];
  }
}

const COLUMNS = ['title', 'topic', 'price', 'quantity', 'isbn', 'author'] as const;
const REQUIRED: readonly string[] = COLUMNS.slice(0, 4);
const NUMERIC = new Set(['price', 'quantity']);

/** Lines that one quoted field may span. */
const MAX_RECORD_LINES = 50;

/**
 * CSV (RFC 4180) whose first row names the columns, in any order and case. csv-parse reads each record by itself: a stray quote
 * then spoils the line that it stands on, and not the rest of the file.
 */
export class CsvReader implements RecordReader {
  private columns: readonly string[] | null = null;
  /** Lines of a record whose last quote is still open. */
  private open: { readonly number: number; readonly text: string }[] = [];

  read({ number, text }: Line): RawRow[] {
    if (text === null) {
      return [...this.giveUpOpen(), { kind: 'rejected', line: number, reason: TOO_LONG }];
    }
    if (this.open.length === 0 && text.trim() === '') return [];
    this.open.push({ number, text });
    const joined = this.open.map((line) => line.text).join('\n');
    if (quotesAreOpen(joined)) {
      const tooLong = this.open.length >= MAX_RECORD_LINES || joined.length > MAX_LINE_LENGTH;
      return tooLong ? this.rejectFirst('a quote is not closed') : [];
    }
    const record = recordOf(joined);
    if (record.kind === 'malformed') return this.rejectFirst(record.reason);
    const line = this.open[0]?.number ?? number;
    this.open = [];
    return this.row(line, record.fields);
  }

  end(): RawRow[] {
    if (this.columns === null && this.open.length === 0) {
      throw new UnreadableFile('import unreadable', 'The file is empty: its first line names the columns');
    }
    return this.giveUpOpen();
  }

  private giveUpOpen(): RawRow[] {
    const rows: RawRow[] = [];
    while (this.open.length > 0) rows.push(...this.rejectFirst('a quote is not closed'));
    return rows;
  }

  /** The lines after it are read again, as if it were not there: each pass takes one line away. */
  private rejectFirst(reason: string): RawRow[] {
    const [first, ...others] = this.open;
    this.open = [];
    if (first === undefined) return [];
    if (this.columns === null) {
      throw new UnreadableFile('import unreadable', `The first line does not name the columns: ${reason}`);
    }
    const rows: RawRow[] = [{ kind: 'rejected', line: first.number, reason }];
    for (const line of others) rows.push(...this.read(line));
    return rows;
  }

  private row(line: number, values: readonly string[]): RawRow[] {
    if (this.columns === null) {
      this.columns = columnsOf(values);
      return [];
    }
    if (values.length !== this.columns.length) {
      const reason = `${values.length} fields instead of ${this.columns.length}`;
      return [{ kind: 'rejected', line, reason }];
    }
    const fields: Record<string, unknown> = {};
    for (const [place, column] of this.columns.entries()) {
      const value = values[place] ?? '';
      // An empty field is one that the book does not have.
      if (value.trim() !== '') fields[column] = NUMERIC.has(column) ? numberOf(value) : value;
    }
    return [{ kind: 'row', line, fields }];
  }
}

function quotesAreOpen(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++;
  return count % 2 === 1;
}

function recordOf(
  text: string,
):
  | { readonly kind: 'record'; readonly fields: string[] }
  | { readonly kind: 'malformed'; readonly reason: string } {
  if (text.includes('\0')) return { kind: 'malformed', reason: 'the line holds a zero byte' };
  // Most lines: without quotes there is nothing to parse.
  if (!text.includes('"')) return { kind: 'record', fields: text.split(',') };
  try {
    // One record: line ends inside it belong to its fields, so the records end with what is not in them.
    const [fields] = parse(text, { record_delimiter: '\0', relax_column_count: true });
    return { kind: 'record', fields: fields ?? [] };
  } catch {
    return { kind: 'malformed', reason: 'a quote stands where none may be' };
  }
}

/** A plain decimal number; anything else stays a text, which the field's own check refuses. */
function numberOf(value: string): number | string {
  const plain = value.trim();
  return /^\d{1,16}(\.\d{1,16})?$/.test(plain) ? Number(plain) : plain;
}

function columnsOf(names: readonly string[]): readonly string[] {
  const columns = names.map((name) => name.trim().toLowerCase());
  const known: readonly string[] = COLUMNS;
  const unknown = columns.filter((column) => !known.includes(column));
  const missing = REQUIRED.filter((column) => !columns.includes(column));
  const twice = columns.filter((column, place) => columns.indexOf(column) !== place);
  const mistakes = [
    ...(unknown.length > 0 ? [`unknown columns: ${unknown.join(', ').slice(0, 200)}`] : []),
    ...(missing.length > 0 ? [`missing columns: ${missing.join(', ')}`] : []),
    ...(twice.length > 0 ? [`columns named twice: ${twice.join(', ')}`] : []),
  ];
  if (mistakes.length > 0)
    throw new UnreadableFile('import unreadable', `The first line: ${mistakes.join('; ')}`);
  return columns;
}
