import { type ImportQuery } from '../../contract/public-import.js';
import { ShopError } from '../shop/shop.error.js';
import { BOOK_FIELDS, type BookField } from './columns.js';
import { knownEncoding } from './lines.js';
import { type ReaderOptions } from './records.js';

export interface ImportOptions extends ReaderOptions {
  /** Null: to be found out. */
  readonly encoding: string | null;
  /** Prices and copies that differ are set to what the file says. */
  readonly update: boolean;
}

const NAMED_SEPARATORS: Readonly<Record<string, string>> = {
  comma: ',',
  semicolon: ';',
  tab: '\t',
  '\\t': '\t',
  pipe: '|',
  bar: '|',
};

/** Throws a ShopError that names the parameter. */
export function importOptions(query: ImportQuery): ImportOptions {
  return {
    map: pairs('map', query.map),
    set: pairs('set', query.set),
    separator: query.separator === undefined ? null : separatorOf(query.separator),
    encoding: query.encoding === undefined ? null : encodingSaid(query.encoding),
    update: query.update === 'true',
    preview: query.preview === 'true',
  };
}

/** Each `field=what`. */
function pairs(name: 'map' | 'set', given: readonly string[]): ReadonlyMap<BookField, string> {
  const found = new Map<BookField, string>();
  for (const pair of given) {
    const at = pair.indexOf('=');
    const field = BOOK_FIELDS.find((known) => known === pair.slice(0, Math.max(at, 0)).trim().toLowerCase());
    const value = pair.slice(at + 1).trim();
    if (field === undefined || value === '') {
      throw wrong(
        name,
        `${name} must be a field and what it is, like title=Name; fields are ${BOOK_FIELDS.join(', ')}`,
      );
    }
    found.set(field, value);
  }
  return found;
}

function separatorOf(text: string): string {
  const separator = NAMED_SEPARATORS[text.toLowerCase()] ?? text;
  if (!/^[^"\r\n]$/u.test(separator)) throw wrong('separator', 'separator must be one character, or tab');
  return separator;
}

function encodingSaid(label: string): string {
  const encoding = knownEncoding(label);
  if (encoding === null) throw wrong('encoding', 'encoding must be one like utf-8, utf-16le or windows-1252');
  return encoding;
}

function wrong(field: string, message: string): ShopError {
  return new ShopError('import wish', { message, fields: [field] });
}
