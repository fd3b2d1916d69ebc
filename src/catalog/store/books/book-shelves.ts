import { type BookId } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { type BookOrder } from '../../../contract/book-search.js';
import { type Connection } from '../database.js';
import { type BookCursor, cursorOf } from './cursors.js';
import { type Judged } from './ranking.js';
import { ABOVE_ALL } from './search-bounds.js';

/** Books passed on the way to one page. */
const MAX_PASSED = 2_000;

/** A book as lists put it in order. */
export interface Shelved extends Judged {
  readonly topicId: number;
  readonly priceCents: number;
}

const SHELVED = `SELECT book.id, title, author, folded AS topic, topic_id AS topicId, price_cents AS priceCents`;
const JOINED = `CROSS JOIN book ON book.id = shelf.book_id CROSS JOIN topic ON topic.id = topic_id`;

/** Books in the order of their titles, prices, ISBNs and ids. */
export class BookShelves {
  readonly #book;
  readonly #all;
  readonly #inTopic;
  readonly #topicIds;
  readonly #titled;
  readonly #withKey;
  readonly #byPrice;
  readonly #byTitle;

  constructor(connection: Connection) {
    this.#book = connection.prepare<[number], Shelved>(
      `${SHELVED} FROM book JOIN topic ON topic.id = topic_id WHERE book.id = ?`,
    );
    this.#all = connection
      .prepare<[number, number], BookId>(
        'SELECT id FROM book WHERE id > ? AND topic_id IS NOT NULL ORDER BY id LIMIT ?',
      )
      .pluck();
    this.#inTopic = connection
      .prepare<[number, number, number], BookId>(
        'SELECT id FROM book WHERE topic_id = ? AND id > ? ORDER BY id LIMIT ?',
      )
      .pluck();
    this.#topicIds = connection.prepare<[string], number>('SELECT id FROM topic WHERE folded = ?').pluck();
    this.#titled = connection.prepare<[string, string, number], Judged>(
      `SELECT book_id AS id, folded AS title, NULL AS author, '' AS topic FROM book_title
       WHERE folded >= ? AND folded < ? ORDER BY folded, book_id LIMIT ?`,
    );
    this.#withKey = connection
      .prepare<[string, string, number], BookId>(
        `SELECT book_id FROM unique_key JOIN book ON book.id = book_id
         WHERE key >= ? AND key < ? AND unique_key.claim = coalesce(book.claim, 0) ORDER BY key LIMIT ?`,
      )
      .pluck();
    this.#byPrice = connection.prepare<[number, number], Shelved>(
      `${SHELVED} FROM (SELECT book_id FROM book_price WHERE (price_cents, book_id) > (?, ?)
       ORDER BY price_cents, book_id LIMIT ${MAX_PASSED}) AS shelf ${JOINED}`,
    );
    this.#byTitle = connection.prepare<[string, number], Shelved>(
      `${SHELVED} FROM (SELECT book_id FROM book_title WHERE (folded, book_id) > (?, ?)
       ORDER BY folded, book_id LIMIT ${MAX_PASSED}) AS shelf ${JOINED}`,
    );
  }

  /** Those that exist, in the order given. */
  books(ids: Iterable<BookId>): Shelved[] {
    const books: Shelved[] = [];
    for (const id of ids) {
      const book = this.#book.get(id);
      if (book !== undefined) books.push(book);
    }
    return books;
  }

  all(after: BookId, limit: number): BookId[] {
    return this.#all.all(after, limit);
  }

  inTopics(topicIds: readonly number[], after: BookId, limit: number): BookId[] {
    const ids = topicIds.flatMap((topicId) => this.#inTopic.all(topicId, after, limit));
    return ids.sort((a, b) => a - b).slice(0, limit);
  }

  /** Topics whose names fold alike are one shelf. */
  topicIds(topic: string): number[] {
    return this.#topicIds.all(foldSearch(topic));
  }

  /** Whose folded title begins with the text: what the order of titles knows of them. */
  titled(text: string, limit: number): Judged[] {
    return this.#titled.all(text, text + ABOVE_ALL, limit);
  }

  /** Whose key (`catalogueKey`) begins so: not one that a book had before, or is about to have. */
  withKey(beginning: string, limit: number): BookId[] {
    return this.#withKey.all(beginning, beginning + ABOVE_ALL, limit);
  }

  /** Those behind the cursor, in the order asked for. */
  inOrder(order: BookOrder, ids: Iterable<BookId>, after: BookCursor | null): Shelved[] {
    const keyed = this.books(ids).map((book) => ({ book, key: keyOf(book, order) }));
    const last = after === null ? undefined : this.#book.get(after.id);
    const passed = last && keyOf(after?.kind === 'price' ? { ...last, ...after } : last, order);
    const left = passed === undefined ? keyed : keyed.filter(({ key }) => compareKeys(key, passed) > 0);
    return left.sort((a, b) => compareKeys(a.key, b.key)).map(({ book }) => book);
  }

  cursorAt(id: BookId, order: BookOrder): string {
    if (order === 'title') return cursorOf({ kind: 'title', id });
    return cursorOf({ kind: 'price', id, priceCents: this.#book.get(id)?.priceCents ?? 0 });
  }

  /** Shows the books behind the cursor in turn until `goesOn` says no. The last one shown; null: there are no more. */
  walk(order: BookOrder, after: BookCursor | null, goesOn: (book: Shelved) => boolean): BookId | null {
    let last: BookId | null = null;
    let passed = 0;
    for (const book of this.#behind(order, after)) {
      passed += 1;
      last = book.id;
      if (!goesOn(book)) return last;
    }
    return passed === MAX_PASSED ? last : null;
  }

  #behind(order: BookOrder, after: BookCursor | null): IterableIterator<Shelved> {
    if (order === 'price') {
      const from = after?.kind === 'price' ? after : { priceCents: -1, id: 0 };
      return this.#byPrice.iterate(from.priceCents, from.id);
    }
    const title = after === null ? '' : foldSearch(this.#book.get(after.id)?.title ?? '');
    return this.#byTitle.iterate(title, after?.id ?? 0);
  }
}

type Key = readonly [text: string, cents: number, id: BookId];

function keyOf({ title, priceCents, id }: Shelved, order: BookOrder): Key {
  return order === 'price' ? ['', priceCents, id] : [foldSearch(title), 0, id];
}

function compareKeys([text, cents, id]: Key, [otherText, otherCents, otherId]: Key): number {
  if (text !== otherText) return text < otherText ? -1 : 1;
  return cents - otherCents || id - otherId;
}
