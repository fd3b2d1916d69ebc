import { type BookId } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { type Connection } from '../database.js';
import { gramsOf } from './topic-grams.js';
import { blockOf, placeOf } from './topic-places.js';

/** The distinct topics, how many books each has now, and the grams that searches find them by, block by block. */
export class TopicTable {
  readonly #find;
  readonly #foldOf;
  readonly #insert;
  readonly #count;
  readonly #holds;
  readonly #insertGrams;
  readonly #deleteGrams;

  constructor(connection: Connection) {
    this.#find = connection.prepare<[string], number>('SELECT id FROM topic WHERE name = ?').pluck();
    this.#foldOf = connection.prepare<[number], string>('SELECT folded FROM topic WHERE id = ?').pluck();
    this.#insert = connection
      .prepare<[string, string], number>(
        'INSERT INTO topic (books, name, folded) VALUES (0, ?, ?) RETURNING id',
      )
      .pluck();
    this.#count = connection.prepare<[number, number]>('UPDATE topic SET books = books + ? WHERE id = ?');
    this.#holds = connection
      .prepare<[number, number, number], number>(
        'SELECT 1 FROM book WHERE topic_id = ? AND id BETWEEN ? AND ? LIMIT 1',
      )
      .pluck();
    this.#insertGrams = connection.prepare<[number, string]>(
      'INSERT INTO topic_gram (rowid, grams) VALUES (?, ?)',
    );
    this.#deleteGrams = connection.prepare<[number, string]>(
      "INSERT INTO topic_gram (topic_gram, rowid, grams) VALUES ('delete', ?, ?)",
    );
  }

  /** Of a topic that need not have a book. */
  idOf(name: string): number {
    return this.#find.get(name) ?? this.#add(name);
  }

  /** A book is about to come into the topic. Returns the topic's id. */
  enter(name: string, bookId: BookId): number {
    const id = this.idOf(name);
    this.#count.run(1, id);
    if (!this.#blockHolds(id, bookId))
      this.#insertGrams.run(placeOf(id, bookId), gramsOf(this.#foldOf.get(id) ?? ''));
    return id;
  }

  /** A book has left the topic. */
  leave(id: number, bookId: BookId): void {
    this.#count.run(-1, id);
    if (this.#blockHolds(id, bookId)) return;
    this.#deleteGrams.run(placeOf(id, bookId), gramsOf(this.#foldOf.get(id) ?? ''));
  }

  #add(name: string): number {
    const id = this.#insert.get(name, foldSearch(name));
    if (id === undefined) throw new Error('SQLite gave a topic no id');
    return id;
  }

  #blockHolds(id: number, bookId: BookId): boolean {
    return this.#holds.get(id, ...blockOf(bookId)) !== undefined;
  }
}
