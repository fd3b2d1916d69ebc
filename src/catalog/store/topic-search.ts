import { foldTopic } from '../../core/caching/shop-cache.js';
import { type BookId } from '../../core/replication/types.js';
import { type TopicMatch } from './catalogue-index.js';
import { type Connection } from './database.js';
import { gramQuery } from './topic-grams.js';

/** Up to so many matching topics, their books are merged; beyond, books are so likely to match that going through them is quicker. */
const MAX_MERGED_TOPICS = 5_000;
/** Books gone through before a search is taken to be an odd one: many topics match, and yet few of the books at hand. */
const MAX_BOOKS_SCANNED = 10_000;

const MATCHING_TOPICS = `
  SELECT topic.id FROM topic_gram CROSS JOIN topic ON topic.id = topic_gram.rowid
  WHERE topic_gram MATCH ? AND books > 0 AND instr(folded, ?) > 0 LIMIT ?`;

const MATCHING_BOOKS = `
  SELECT book.id FROM book CROSS JOIN topic ON topic.id = topic_id
  WHERE book.id > ? AND book.id <= ? AND instr(folded, ?) > 0 ORDER BY book.id LIMIT ?`;

/**
 * Searches by a part of the topic, a page in id order at a time. Topics are few where books are many, so a search finds the
 * matching topics first; where each book has a topic of its own, either few match, or a few thousand books hold a page full.
 */
export class TopicSearch {
  readonly #matchingTopics;
  readonly #matchingBooks;
  readonly #nextOfTopic;
  readonly #pageOfTopic;
  readonly #lastBookId;
  readonly #match;

  constructor(connection: Connection) {
    this.#matchingTopics = connection.prepare<[string, string, number], number>(MATCHING_TOPICS).pluck();
    this.#matchingBooks = connection
      .prepare<[number, number, string, number], number>(MATCHING_BOOKS)
      .pluck();
    const ofTopic = 'SELECT id FROM book WHERE topic_id = ? AND id > ? ORDER BY id';
    this.#nextOfTopic = connection.prepare<[number, number], number>(`${ofTopic} LIMIT 1`).pluck();
    this.#pageOfTopic = connection.prepare<[number, number, number], number>(`${ofTopic} LIMIT ?`).pluck();
    this.#lastBookId = connection.prepare<[], number>('SELECT coalesce(max(id), 0) FROM book').pluck();
    this.#match = connection.prepare<[number], TopicMatch>(
      'SELECT book.id, title, name AS topic FROM book JOIN topic ON topic.id = topic_id WHERE book.id = ?',
    );
  }

  search(text: string, afterId: BookId, limit: number): TopicMatch[] {
    const ids = this.#ids(foldTopic(text), afterId, limit);
    return ids.map((id) => this.#match.get(id)).filter((match) => match !== undefined);
  }

  #ids(folded: string, afterId: BookId, limit: number): BookId[] {
    if (folded === '') return this.#scan(folded, afterId, Number.MAX_SAFE_INTEGER, limit);
    const query = gramQuery(folded);
    const topics = this.#matchingTopics.all(query, folded, MAX_MERGED_TOPICS + 1);
    if (topics.length <= MAX_MERGED_TOPICS) return this.#merge(topics, afterId, limit);

    const upTo = afterId + MAX_BOOKS_SCANNED;
    const found = this.#scan(folded, afterId, upTo, limit);
    if (found.length >= limit || upTo >= (this.#lastBookId.get() ?? 0)) return found;
    return this.#merge(this.#matchingTopics.all(query, folded, -1), afterId, limit);
  }

  #scan(folded: string, afterId: BookId, upToId: BookId, limit: number): BookId[] {
    return this.#matchingBooks.all(afterId, upToId, folded, limit);
  }

  /** The first `limit` ids of all these topics together: only topics whose first id is below the last one found can add to them. */
  #merge(topics: readonly number[], afterId: BookId, limit: number): BookId[] {
    const heads: { topic: number; id: BookId }[] = [];
    for (const topic of topics) {
      const id = this.#nextOfTopic.get(topic, afterId);
      if (id !== undefined) heads.push({ topic, id });
    }
    heads.sort((a, b) => a.id - b.id);
    let found: BookId[] = [];
    for (const { topic, id } of heads.slice(0, limit)) {
      const last = found[limit - 1];
      if (last !== undefined && id > last) break;
      found.push(...this.#pageOfTopic.all(topic, afterId, limit));
      found = found.sort((a, b) => a - b).slice(0, limit);
    }
    return found;
  }
}
