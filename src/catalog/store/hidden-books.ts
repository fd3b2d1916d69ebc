import { type BookId } from '../../core/replication/types.js';
import { foldSearch } from '../../core/text/fold.js';
import { bookNumberOf } from '../../core/text/isbn.js';
import { type HiddenFound, type HiddenQuery } from './catalogue-index.js';
import { type Connection } from './database.js';

/** Hidden books looked at on the way to one page. */
export const MAX_PASSED = 2_000;

export interface HiddenRow {
  readonly id: BookId;
  readonly title: string;
  readonly author: string | null;
  readonly isbn: string | null;
  readonly topic: string;
}

/** Books that are hidden, found by any part of what is written on them: there are few of them, and no index. */
export class HiddenBooks {
  readonly #after;

  constructor(connection: Connection) {
    this.#after = connection.prepare<[number, number], HiddenRow>(
      `SELECT book.id, title, author, isbn, name AS topic FROM book JOIN topic ON topic.id = hidden_topic_id
       WHERE hidden_topic_id IS NOT NULL AND book.id > ? ORDER BY book.id LIMIT ?`,
    );
  }

  page(query: HiddenQuery): HiddenFound {
    return hiddenPage(query, this.#after.iterate(query.afterId, MAX_PASSED + 1));
  }
}

/** `rows`: hidden books after that of the query, in id order, at most one more than `MAX_PASSED`. */
export function hiddenPage({ text, afterId, limit }: HiddenQuery, rows: Iterable<HiddenRow>): HiddenFound {
  const isWanted = finder(text);
  const ids: BookId[] = [];
  let passed = 0;
  let last = afterId;
  for (const row of rows) {
    if (ids.length === limit || passed === MAX_PASSED) return { ids, next: last };
    passed += 1;
    last = row.id;
    if (isWanted(row)) ids.push(row.id);
  }
  return { ids, next: null };
}

function finder(text: string): (row: HiddenRow) => boolean {
  const words = foldSearch(text).split(' ').filter(Boolean);
  const number = bookNumberOf(text);
  const isNumber = (isbn: string | null): boolean =>
    number !== null && isbn !== null && JSON.stringify(bookNumberOf(isbn)) === JSON.stringify(number);
  return ({ title, author, isbn, topic }) => {
    const written = foldSearch([title, author ?? '', topic, isbn ?? ''].join(' '));
    return words.every((word) => written.includes(word)) || isNumber(isbn);
  };
}
