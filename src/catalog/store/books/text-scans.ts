import { type BookId } from '../../../core/replication/types.js';
import { type Connection } from '../database.js';
import { shelfWord } from './book-texts.js';
import { anyOf } from './vocabulary.js';

/** The index is read by so many book ids at a time, and between them looked at the clock: two common words that never meet cost most. */
const IDS_AT_A_TIME = 65_536;
/** One search may hold the event loop for about so long. */
const MAX_MS = 40;

/** Numbers from JavaScript are real ones, by which the full-text index would not seek. */
const MATCHING = `SELECT rowid FROM book_text WHERE book_text MATCH ?
  AND rowid BETWEEN CAST(? AS INTEGER) AND CAST(? AS INTEGER) ORDER BY rowid LIMIT ?`;

/** The reading of the index that one search does. */
export interface Scan {
  /** Time ran out before all books were looked at. */
  readonly cutShort: boolean;
  /** Books above `after`, in id order, at most so many. Null: in any topic. */
  ids(expression: string, topicIds: readonly number[] | null, after: BookId, most: number): BookId[];
}

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
    const scan = {
      cutShort: false,
      ids: (
        expression: string,
        topicIds: readonly number[] | null,
        after: BookId,
        most: number,
      ): BookId[] => {
        const shelves = topicIds === null ? '' : `shelf : ${anyOf(topicIds.map(shelfWord))} AND `;
        const ids: BookId[] = [];
        for (let from = after + 1; from <= lastId && ids.length < most; from += IDS_AT_A_TIME) {
          // At least one part is always read, so that going on by cursor comes to an end.
          if (from > after + 1 && this.now() > endsAt) {
            scan.cutShort = true;
            break;
          }
          const to = from + IDS_AT_A_TIME - 1;
          ids.push(...this.#matching.all(shelves + expression, from, to, most - ids.length));
        }
        return ids;
      },
    };
    return scan;
  }
}
