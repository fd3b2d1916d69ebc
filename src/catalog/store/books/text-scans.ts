import { type BookId } from '../../../core/replication/types.js';
import { type Connection } from '../database.js';
import { type BookShelves } from './book-shelves.js';
import { shelfWord } from './book-texts.js';
import { wordsOfBook } from './ranking.js';
import { anyOf, type Part } from './vocabulary.js';

/** The index is read by so many book ids at a time, and between them looked at the clock: two common words that never meet cost most. */
const IDS_AT_A_TIME = 65_536;
/** Of one column no more is read than this, for it only comes first: the commonest word may stand in the other column of them all. */
const SOME_IDS = IDS_AT_A_TIME / 2;
/** If no more books hold a part than this, each of them is looked at for the others: cheaper than to read the lists of common words. */
const MAX_OF_A_RARE_PART = 500;
/** One search may hold the event loop for about so long. */
const MAX_MS = 40;

/** Numbers from JavaScript are real ones, by which the full-text index would not seek. */
const MATCHING = `SELECT rowid FROM book_text WHERE book_text MATCH ?
  AND rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER) ORDER BY rowid LIMIT ?`;

/** The reading of the index that one search does. `topicIds` null: in any topic. */
export interface Scan {
  /** Time ran out before all books were looked at. */
  readonly cutShort: boolean;
  isCommon(part: Part): boolean;
  /** Books above `after` that hold all parts, in id order, at most so many. */
  ids(parts: readonly Part[], topicIds: TopicIds, after: BookId, most: number): BookId[];
  /** Some of those that hold them in one column: a word that is common elsewhere may hardly ever stand in it. */
  someIds(column: 'title' | 'author', parts: readonly Part[], topicIds: TopicIds, most: number): BookId[];
}

type TopicIds = readonly number[] | null;

export class TextScans {
  readonly #matching;
  readonly #lastId;

  constructor(
    connection: Connection,
    private readonly shelves: BookShelves,
    private readonly rareBooks = MAX_OF_A_RARE_PART,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#matching = connection.prepare<[string, number, number, number], BookId>(MATCHING).pluck();
    this.#lastId = connection.prepare<[], number | null>('SELECT max(id) FROM book').pluck();
  }

  begin(): Scan {
    const endsAt = this.now() + MAX_MS;
    const lastId = this.#lastId.get() ?? 0;
    const read = (match: string, after: BookId, upTo: BookId, most: number): BookId[] => {
      const ids: BookId[] = [];
      for (let from = after + 1; from <= upTo && ids.length < most; from += IDS_AT_A_TIME) {
        // At least one part is always read, so that going on by cursor comes to an end.
        if (from > after + 1 && this.now() > endsAt) {
          scan.cutShort = true;
          break;
        }
        const to = Math.min(upTo, from + IDS_AT_A_TIME - 1);
        ids.push(...this.#matching.all(match, from, to, most - ids.length));
      }
      return ids;
    };
    const some = this.#someOf(lastId);
    const scan = {
      cutShort: false,
      isCommon: (part: Part) => some(part).length > this.rareBooks,
      ids: (parts: readonly Part[], topicIds: TopicIds, after: BookId, most: number) => {
        const match = within(topicIds) + allOf(parts);
        // What gives a book with each step needs no look at the clock.
        if (parts.length === 1 && topicIds === null)
          return this.#matching.all(match, after + 1, lastId, most);
        const fewest = parts.map(some).reduce((least, ids) => (ids.length < least.length ? ids : least));
        return fewest.length > this.rareBooks
          ? read(match, after, lastId, most)
          : this.#holding(fewest, parts, topicIds, after).slice(0, most);
      },
      someIds: (column: string, parts: readonly Part[], topicIds: TopicIds, most: number) =>
        read(`${within(topicIds)}{${column}} : ${allOf(parts)}`, 0, Math.min(lastId, SOME_IDS), most),
    };
    return scan;
  }

  /** All books that hold a part, or one more than are few; each part is read once. */
  #someOf(lastId: BookId): (part: Part) => readonly BookId[] {
    const read = new Map<string, readonly BookId[]>();
    return ({ expression }) => {
      const ids = read.get(expression) ?? this.#matching.all(expression, 1, lastId, this.rareBooks + 1);
      read.set(expression, ids);
      return ids;
    };
  }

  #holding(ids: readonly BookId[], parts: readonly Part[], topicIds: TopicIds, after: BookId): BookId[] {
    const books = this.shelves.books(ids.filter((id) => id > after));
    return books
      .filter(({ topicId }) => topicIds === null || topicIds.includes(topicId))
      .filter((book) => {
        const words = wordsOfBook(book);
        return parts.every((part) => part.holds(words));
      })
      .map(({ id }) => id);
  }
}

function allOf(parts: readonly Part[]): string {
  return `(${parts.map(({ expression }) => expression).join(' AND ')})`;
}

function within(topicIds: TopicIds): string {
  return topicIds === null ? '' : `shelf : ${anyOf(topicIds.map(shelfWord))} AND `;
}
