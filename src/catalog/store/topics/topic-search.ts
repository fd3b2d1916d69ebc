import { type BookId } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { type TopicMatch } from '../catalogue-index.js';
import { type Connection } from '../database.js';
import { gramQuery } from './topic-grams.js';
import { BOOKS_PER_BLOCK, placeOf, TOPICS } from './topic-places.js';

/** So many books in the order of their blocks hold a whole page in id order: the last of the page may come last in its block. */
const FURTHER_BOOKS = BOOKS_PER_BLOCK - 1;

/** A number from JavaScript is a real one, by which the full-text index would not seek. */
const MATCHING_BOOKS = `
  SELECT book.id FROM topic_gram
  CROSS JOIN topic ON topic.id = topic_gram.rowid % ${TOPICS}
  CROSS JOIN book ON topic_id = topic.id AND book.id > @afterId
    AND book.id >= topic_gram.rowid / ${TOPICS} * ${BOOKS_PER_BLOCK}
    AND book.id < (topic_gram.rowid / ${TOPICS} + 1) * ${BOOKS_PER_BLOCK}
  WHERE topic_gram MATCH @grams AND topic_gram.rowid >= CAST(@place AS INTEGER) AND instr(folded, @text) > 0
  ORDER BY topic_gram.rowid LIMIT @limit + ${FURTHER_BOOKS}`;

const ANY_BOOKS = 'SELECT id FROM book WHERE topic_id IS NOT NULL AND id > @afterId ORDER BY id LIMIT @limit';

const pageOf = (ids: string): string => `
  SELECT book.id, title, name AS topic
  FROM (SELECT id FROM (${ids}) ORDER BY id LIMIT @limit) AS found
  CROSS JOIN book ON book.id = found.id CROSS JOIN topic ON topic.id = topic_id
  ORDER BY book.id`;

interface Page {
  readonly afterId: BookId;
  readonly limit: number;
}

/** Searches by a part of the topic, a page in id order at a time (see topic-places.ts). */
export class TopicSearch {
  readonly #matching;
  readonly #any;

  constructor(connection: Connection) {
    this.#matching = connection.prepare<
      [Page & { readonly text: string; readonly grams: string; readonly place: number }],
      TopicMatch
    >(pageOf(MATCHING_BOOKS));
    this.#any = connection.prepare<[Page], TopicMatch>(pageOf(ANY_BOOKS));
  }

  search(searched: string, afterId: BookId, limit: number): TopicMatch[] {
    const text = foldSearch(searched);
    if (text === '') return this.#any.all({ afterId, limit });
    const place = placeOf(0, afterId + 1);
    return this.#matching.all({ text, grams: gramQuery(text), place, afterId, limit });
  }
}
