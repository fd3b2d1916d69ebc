import { foldTopic } from '../../core/caching/shop-cache.js';
import { type Connection } from './database.js';
import { gramsOf } from './topic-grams.js';

/** The distinct topics, how many books each has now, and the grams that searches find them by. */
export class TopicTable {
  readonly #find;
  readonly #insert;
  readonly #insertGrams;
  readonly #count;

  constructor(connection: Connection) {
    this.#find = connection.prepare<[string], number>('SELECT id FROM topic WHERE name = ?').pluck();
    this.#insert = connection
      .prepare<[string, string], number>(
        'INSERT INTO topic (books, name, folded) VALUES (0, ?, ?) RETURNING id',
      )
      .pluck();
    this.#insertGrams = connection.prepare<[number, string]>(
      'INSERT INTO topic_gram (rowid, grams) VALUES (?, ?)',
    );
    this.#count = connection.prepare<[number, number]>('UPDATE topic SET books = books + ? WHERE id = ?');
  }

  /** A book comes into the topic. Returns the topic's id. */
  enter(name: string): number {
    const id = this.#find.get(name) ?? this.#add(name);
    this.#count.run(1, id);
    return id;
  }

  leave(id: number): void {
    this.#count.run(-1, id);
  }

  #add(name: string): number {
    const id = this.#insert.get(name, foldTopic(name));
    if (id === undefined) throw new Error('SQLite gave a topic no id');
    this.#insertGrams.run(id, gramsOf(name));
    return id;
  }
}
