import { type BookId } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { type Connection } from '../database.js';
import { beginningsOf, canBeMisspelt } from './spelling.js';
import { wordsOf } from './words.js';

/** What the index keeps of a book. Its number of copies is not among it: a sale writes nothing here. */
interface Text {
  readonly title: string;
  readonly author: string | null;
  readonly topic: string;
  readonly topicId: number;
  readonly priceCents: number;
}

/** A record that has no book has no title. */
const TEXT = `SELECT book.id, title, author, name AS topic, topic_id AS topicId, price_cents AS priceCents
  FROM book JOIN topic ON topic.id = topic_id WHERE title IS NOT NULL`;
/** A tokenizer leaves words of the text itself alone; this one stands for the very topic. */
export function shelfWord(topicId: number): string {
  return `t${topicId}`;
}

/** The index by which books are found (docs/adr/0032): it changes in the same transaction as the books. */
export class BookTexts {
  readonly #text;
  readonly #textsAfter;
  readonly #filledTo;
  readonly #saveFilledTo;
  readonly #addWords;
  readonly #removeWords;
  readonly #addTitle;
  readonly #removeTitle;
  readonly #addPrice;
  readonly #removePrice;
  readonly #addWord;
  readonly #addBeginnings;

  constructor(connection: Connection) {
    this.#text = connection.prepare<[number], Text>(`${TEXT} AND book.id = ?`);
    this.#textsAfter = connection.prepare<[number, number], Text & { readonly id: BookId }>(
      `${TEXT} AND book.id > ? ORDER BY book.id LIMIT ?`,
    );
    this.#filledTo = connection.prepare<[], number | null>('SELECT filled_to FROM text_index').pluck();
    this.#saveFilledTo = connection.prepare<[number | null]>('UPDATE text_index SET filled_to = ?');
    this.#addWords = connection.prepare<[number, string, string, string, string]>(
      'INSERT INTO book_text (rowid, title, author, topic, shelf) VALUES (?, ?, ?, ?, ?)',
    );
    this.#removeWords = connection.prepare<[number, string, string, string, string]>(
      "INSERT INTO book_text (book_text, rowid, title, author, topic, shelf) VALUES ('delete', ?, ?, ?, ?, ?)",
    );
    this.#addTitle = connection.prepare<[string, number]>(
      'INSERT INTO book_title (folded, book_id) VALUES (?, ?)',
    );
    this.#removeTitle = connection.prepare<[string, number]>(
      'DELETE FROM book_title WHERE folded = ? AND book_id = ?',
    );
    this.#addPrice = connection.prepare<[number, number]>(
      'INSERT INTO book_price (price_cents, book_id) VALUES (?, ?)',
    );
    this.#removePrice = connection.prepare<[number, number]>(
      'DELETE FROM book_price WHERE price_cents = ? AND book_id = ?',
    );
    this.#addWord = connection.prepare<[string]>('INSERT OR IGNORE INTO word (word) VALUES (?)');
    this.#addBeginnings = connection.prepare<[number | bigint, string]>(
      'INSERT INTO word_beginning (rowid, beginnings) VALUES (?, ?)',
    );
  }

  /** Whether every book is in the index; while an older file is filled up, searches would miss some. */
  complete(): boolean {
    return this.#filledTo.get() === null;
  }

  /** The book has just come into the store. */
  add(bookId: BookId): void {
    const filledTo = this.#filledTo.get();
    if (typeof filledTo === 'number' && bookId > filledTo) return;
    const text = this.#text.get(bookId);
    if (text !== undefined) this.#add(bookId, text);
  }

  /** Runs what changes a book's title, topic or price, or takes its creation back, and follows it. */
  follow(bookId: BookId, change: () => void): void {
    const filledTo = this.#filledTo.get();
    if (typeof filledTo === 'number' && bookId > filledTo) return change();
    const before = this.#text.get(bookId);
    change();
    const after = this.#text.get(bookId);
    if (before !== undefined) this.#remove(bookId, before);
    if (after !== undefined) this.#add(bookId, after);
  }

  /** Takes the next books of an older file in, at most so many. */
  fill(most: number): void {
    const filledTo = this.#filledTo.get();
    if (typeof filledTo !== 'number') return;
    const texts = this.#textsAfter.all(filledTo, most);
    for (const text of texts) this.#add(text.id, text);
    this.#saveFilledTo.run(texts.length < most ? null : (texts.at(-1)?.id ?? filledTo));
  }

  #add(bookId: BookId, text: Text): void {
    const { title, author, topic } = wordsIn(text);
    this.#addWords.run(bookId, title.join(' '), author.join(' '), topic.join(' '), shelfWord(text.topicId));
    this.#addTitle.run(foldSearch(text.title), bookId);
    this.#addPrice.run(text.priceCents, bookId);
    for (const word of new Set([...title, ...author, ...topic])) this.#learn(word);
  }

  /** The vocabulary keeps what it has learned: a word that no book has any more finds nothing. */
  #remove(bookId: BookId, text: Text): void {
    const { title, author, topic } = wordsIn(text);
    this.#removeWords.run(
      bookId,
      title.join(' '),
      author.join(' '),
      topic.join(' '),
      shelfWord(text.topicId),
    );
    this.#removeTitle.run(foldSearch(text.title), bookId);
    this.#removePrice.run(text.priceCents, bookId);
  }

  #learn(word: string): void {
    const { changes, lastInsertRowid } = this.#addWord.run(word);
    if (changes > 0 && canBeMisspelt(word)) {
      this.#addBeginnings.run(lastInsertRowid, beginningsOf(word).join(' '));
    }
  }
}

function wordsIn({ title, author, topic }: Text): Record<'title' | 'author' | 'topic', string[]> {
  return {
    title: wordsOf(foldSearch(title)),
    author: wordsOf(foldSearch(author ?? '')),
    topic: wordsOf(foldSearch(topic)),
  };
}
