import { type BookId } from '../../../core/replication/types.js';
import { type Connection } from '../database.js';
import { shelfWord } from './book-texts.js';
import { anyOf } from './vocabulary.js';

/** The index is read by so many book ids at a time, and between them looked at the clock: two common words that never meet cost most. */
const IDS_AT_A_TIME = 65_536;
/** Of one column no more is read than this: what it gives only comes first. */
const SOME_IDS = 2 * IDS_AT_A_TIME;
/** One search may hold the event loop for about so long. */
const MAX_MS = 40;

/** Numbers from JavaScript are real ones, by which the full-text index would not seek. */
const MATCHING = `SELECT rowid FROM book_text WHERE book_text MATCH ?
  AND rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER) ORDER BY rowid LIMIT ?`;

/** The reading of the index that one search does. `topicIds` null: in any topic. */
export interface Scan {
  /** Time ran out before all books were looked at. */
  readonly cutShort: boolean;
  /** Books above `after` that match, in id order, at most so many. */
  ids(expression: string, topicIds: TopicIds, after: BookId, most: number): BookId[];
  /** Some of those that match in one column: a word that is common elsewhere may hardly ever stand in it. */
  someIds(column: 'title' | 'author', expression: string, topicIds: TopicIds, most: number): BookId[];
}

type TopicIds = readonly number[] | null;

export class TextScans {
  readonly #matching;
  readonly #lastId;

  constructor(
    connection: Connection,
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
    const scan = {
      cutShort: false,
      ids: (expression: string, topicIds: TopicIds, after: BookId, most: number) =>
        read(within(topicIds) + expression, after, lastId, most),
      someIds: (column: string, expression: string, topicIds: TopicIds, most: number) =>
        read(`${within(topicIds)}{${column}} : ${expression}`, 0, Math.min(lastId, SOME_IDS), most),
    };
    return scan;
  }
}

function within(topicIds: TopicIds): string {
  return topicIds === null ? '' : `shelf : ${anyOf(topicIds.map(shelfWord))} AND `;
}
