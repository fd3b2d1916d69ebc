import { parse } from 'csv-parse/sync';
import { copiesIn, isbnIn, listIn, numberIn, textIn } from './cells.js';
import {
  BOOK_FIELDS,
  type BookField,
  type Columns,
  columnsIn,
  type ColumnWishes,
  knownNames,
  MOST_LISTED,
} from './columns.js';
import { type Line, MAX_LINE_LENGTH, UnreadableFile } from './lines.js';

/** A row of the file as named fields, or why it is none. */
export type RawRow =
  | { readonly kind: 'row'; readonly line: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly kind: 'rejected'; readonly line: number; readonly reason: string };

export interface Understood {
  /** Null: there are no columns, but named fields. */
  readonly separator: string | null;
  /** Columns as they are called in the file, by the field that they are taken for. */
  readonly columns: Readonly<Partial<Record<BookField, readonly string[]>>>;
  readonly leftOut: readonly string[];
  readonly missing: readonly BookField[];
}

/** Turns lines into rows. */
export interface RecordReader {
  read(line: Line): RawRow[];
  /** The rows that the end of the file ends. */
  end(): RawRow[];
  /** What was understood so far. */
  understood(): Understood;
}

export interface ReaderOptions extends ColumnWishes {
  /** Null: to be found out. */
  readonly separator: string | null;
  /** What is missing is told by `understood`, and no error. */
  readonly preview: boolean;
}

const TOO_LONG = `the line is longer than ${MAX_LINE_LENGTH} characters`;
const SHORTENED =
  'a spreadsheet has shortened the isbn: give its column the format of text, and save the file again';
/** Most different names of fields that JSON lines are watched for. */
const MOST_NAMES = 1_000;

/** One JSON object on each line; empty lines do not count. Names are those of columns. */
export class JsonLinesReader implements RecordReader {
  private readonly names = new Set<string>();
  private readonly used = new Map<BookField, Set<string>>();

  constructor(private readonly options: ReaderOptions) {}

  read({ number: line, text }: Line): RawRow[] {
    if (text === null) return [{ kind: 'rejected', line, reason: TOO_LONG }];
    if (text.trim() === '') return [];
    const value = parsed(text);
    if (value === undefined) return [{ kind: 'rejected', line, reason: 'the line is not valid JSON' }];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [{ kind: 'rejected', line, reason: 'the line is not a JSON object' }];
    }
    const entries = Object.entries(value);
    for (const [name] of entries) if (this.names.size < MOST_NAMES) this.names.add(name);
    const columns = columnsIn(Object.keys(value), this.options);
    for (const [field, names] of columns.of) {
      const used = this.used.get(field) ?? new Set();
      for (const name of names) if (used.size < MOST_NAMES) used.add(name);
      this.used.set(field, used);
    }
    return [rowOf(line, columns, new Map(entries), this.options.set)];
  }

  end(): RawRow[] {
    return [];
  }

  understood(): Understood {
    const used = new Set([...this.used.values()].flatMap((names) => [...names]));
    return {
      separator: null,
      columns: Object.fromEntries([...this.used].map(([field, names]) => [field, [...names]])),
      leftOut: [...this.names].filter((name) => !used.has(name)).slice(0, MOST_LISTED),
      // Each line says for itself what it has.
      missing: [],
    };
  }
}

const SEPARATORS = [',', ';', '\t', '|'];
/** Lines that one quoted field may span. */
const MAX_RECORD_LINES = 50;

/**
 * CSV (RFC 4180) whose first row names the columns, whatever separates them. csv-parse reads each record by itself: a stray quote
 * then spoils the line that it stands on, and not the rest of the file.
 */
export class CsvReader implements RecordReader {
  private names: readonly string[] | null = null;
  private columns: Columns | null = null;
  private separator: string | null;
  /** Lines of a record whose last quote is still open. */
  private open: { readonly number: number; readonly text: string }[] = [];

  constructor(private readonly options: ReaderOptions) {
    this.separator = options.separator;
  }

  read({ number, text }: Line): RawRow[] {
    if (text === null) {
      return [...this.giveUpOpen(), { kind: 'rejected', line: number, reason: TOO_LONG }];
    }
    if (this.open.length === 0 && text.trim() === '') return [];
    if (this.names === null && this.open.length === 0 && this.saysSeparator(text)) return [];
    this.open.push({ number, text });
    const joined = this.open.map((line) => line.text).join('\n');
    if (quotesAreOpen(joined)) {
      const tooLong = this.open.length >= MAX_RECORD_LINES || joined.length > MAX_LINE_LENGTH;
      return tooLong ? this.rejectFirst('a quote is not closed') : [];
    }
    this.separator ??= separatorIn(joined);
    const record = recordOf(joined, this.separator);
    if (record.kind === 'malformed') return this.rejectFirst(record.reason);
    const line = this.open[0]?.number ?? number;
    this.open = [];
    return this.row(line, record.fields);
  }

  end(): RawRow[] {
    if (this.names === null && this.open.length === 0) {
      throw new UnreadableFile('import unreadable', 'The file is empty: its first line names the columns');
    }
    return this.giveUpOpen();
  }

  understood(): Understood {
    return understoodOf(this.separator, this.columns ?? columnsIn([], this.options));
  }

  /** Excel's own first line. */
  private saysSeparator(text: string): boolean {
    const said = /^"?sep=(.)"?$/i.exec(text)?.[1];
    if (said !== undefined) this.separator ??= said;
    return said !== undefined;
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
    if (this.names === null) {
      throw new UnreadableFile('import unreadable', `The first line does not name the columns: ${reason}`);
    }
    const rows: RawRow[] = [{ kind: 'rejected', line: first.number, reason }];
    for (const line of others) rows.push(...this.read(line));
    return rows;
  }

  private row(line: number, values: readonly string[]): RawRow[] {
    if (this.names === null || this.columns === null) {
      this.names = values.map((name) => name.trim());
      this.columns = this.options.preview
        ? columnsIn(this.names, this.options)
        : completeColumns(this.names, this.options);
      return [];
    }
    // Some programs leave empty fields at the end away, others write one too many.
    const fields = values.length > this.names.length ? withoutEmptyEnd(values, this.names.length) : values;
    if (fields.length !== this.names.length) {
      const reason = `${values.length} fields instead of ${this.names.length}`;
      return [{ kind: 'rejected', line, reason }];
    }
    const cells = new Map<string, unknown>();
    for (const [place, name] of this.names.entries()) if (!cells.has(name)) cells.set(name, fields[place]);
    return [rowOf(line, this.columns, cells, this.options.set)];
  }
}

function understoodOf(separator: string | null, columns: Columns): Understood {
  return {
    separator,
    columns: Object.fromEntries(columns.of),
    leftOut: columns.leftOut,
    missing: columns.missing,
  };
}

/** Throws `UnreadableFile`, which says what is missing and what there is, so that somebody may say what is what. */
export function completeColumns(names: readonly string[], wishes: ColumnWishes): Columns {
  const columns = columnsIn(names, wishes);
  const { missing, notThere, leftOut } = columns;
  const mistakes = [
    ...(notThere.length > 0 ? [`no column ${notThere.join(', ').slice(0, 200)}`] : []),
    ...(missing.length > 0 ? [`missing columns: ${missing.join(', ')}`] : []),
  ];
  if (mistakes.length === 0) return columns;
  const others = leftOut.length > 0 ? ` (unknown columns: ${leftOut.join(', ').slice(0, 200)})` : '';
  throw new UnreadableFile('import unreadable', `The first line: ${mistakes.join('; ')}${others}`, {
    doubtful: missing,
  });
}

function rowOf(
  line: number,
  columns: Columns,
  cells: ReadonlyMap<string, unknown>,
  set: ColumnWishes['set'],
): RawRow {
  const fields: Record<string, unknown> = {};
  for (const field of BOOK_FIELDS) {
    const values = (columns.of.get(field) ?? []).map((name) => cells.get(name));
    if (values.some((value) => typeof value === 'object' && value !== null)) {
      return { kind: 'rejected', line, reason: `${field} must not be a list or an object` };
    }
    const value = valueOf(field, values) ?? valueOf(field, [set.get(field)]);
    if (value === 'shortened' && field === 'isbn') return { kind: 'rejected', line, reason: SHORTENED };
    if (value !== undefined) fields[field] = value;
  }
  return { kind: 'row', line, fields };
}

/** Undefined: the book does not have it. What is no text is left as it is: JSON has numbers of its own. */
function valueOf(field: BookField, values: readonly unknown[]): unknown {
  const texts = values.filter((value) => typeof value === 'string');
  if (field === 'isbn') {
    const numbers = values.filter((value) => typeof value === 'number').map(String);
    const found = isbnIn([...texts, ...numbers]);
    return found === 'shortened' ? found : found.isbn;
  }
  const [value] = values;
  if (typeof value !== 'string') return value ?? undefined;
  const text = textIn(value);
  if (text === undefined) return undefined;
  switch (field) {
    case 'price':
      return numberIn(text);
    case 'quantity':
      return copiesIn(text);
    case 'author':
      return listIn(text).join(', ');
    case 'topic':
      return listIn(text)[0];
    case 'title':
      return text;
    default:
      return field satisfies never;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function withoutEmptyEnd(values: readonly string[], length: number): readonly string[] {
  return values.slice(length).every((value) => value.trim() === '') ? values.slice(0, length) : values;
}

function quotesAreOpen(text: string): boolean {
  let count = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) count++;
  return count % 2 === 1;
}

/** The one that makes the most known names of the first line, or the most fields of it. */
function separatorIn(header: string): string {
  let best = { separator: ',', known: 0, fields: 1 };
  for (const separator of SEPARATORS) {
    const record = recordOf(header, separator);
    if (record.kind === 'malformed') continue;
    const known = knownNames(record.fields);
    const fields = record.fields.length;
    if (fields > 1 && (known > best.known || (known === best.known && fields > best.fields)))
      best = { separator, known, fields };
  }
  return best.separator;
}

type CsvRecord =
  | { readonly kind: 'record'; readonly fields: string[] }
  | { readonly kind: 'malformed'; readonly reason: string };

function recordOf(text: string, separator: string): CsvRecord {
  if (text.includes('\0')) return { kind: 'malformed', reason: 'the line holds a zero byte' };
  // Most lines: without quotes there is nothing to parse.
  if (!text.includes('"')) return { kind: 'record', fields: text.split(separator) };
  return (
    parseRecord(text, separator) ?? parseRecord(withoutFormulas(text, separator), separator) ?? MALFORMED
  );
}

const MALFORMED: CsvRecord = { kind: 'malformed', reason: 'a quote stands where none may be' };

function parseRecord(text: string, separator: string): CsvRecord | null {
  try {
    // One record: line ends inside it belong to its fields, so the records end with what is not in them.
    const [fields] = parse(text, { delimiter: separator, record_delimiter: '\0', relax_column_count: true });
    return { kind: 'record', fields: fields ?? [] };
  } catch {
    return null;
  }
}

/** `="0439023483"`, as Goodreads writes it: a quote that is no beginning of a field. */
function withoutFormulas(text: string, separator: string): string {
  return text
    .split(separator)
    .map((part) => part.replace(/^="([^"]*)"$/, '"$1"'))
    .join(separator);
}
