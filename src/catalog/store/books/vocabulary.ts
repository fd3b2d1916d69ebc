import { type Connection } from '../database.js';
import { type Meant } from './ranking.js';
import {
  ABOVE_ALL,
  MAX_ALIKE_LOOKED_AT,
  MAX_CONTINUATIONS,
  MAX_CONTINUATIONS_LOOKED_AT,
} from './search-bounds.js';
import { beginningsLike, canBeMisspelt, meantAmong } from './spelling.js';

/** The full-text index has prefixes of up to so many letters ready (its migration says so). */
const READY_LETTERS = 4;

/** One of the words asked for: what a book holds that fits it. */
export interface Part {
  /** Of the full-text index. */
  readonly expression: string;
  /** The same, asked of the words of a book (`wordsOfBook`). */
  holds(words: string): boolean;
}

/** All words that a book has or once had. */
export class Vocabulary {
  readonly #has;
  readonly #continued;
  readonly #continuations;
  readonly #alike;

  constructor(connection: Connection) {
    this.#has = connection.prepare<[string], number>('SELECT 1 FROM word WHERE word = ?').pluck();
    this.#continued = connection
      .prepare<[string, string], number>('SELECT 1 FROM word WHERE word >= ? AND word < ? LIMIT 1')
      .pluck();
    this.#continuations = connection
      .prepare<[string, string], string>(
        `SELECT word FROM (SELECT id, word FROM word WHERE word >= ? AND word < ? LIMIT ${MAX_CONTINUATIONS_LOOKED_AT})
         ORDER BY id LIMIT ${MAX_CONTINUATIONS}`,
      )
      .pluck();
    // The first that were learned are the common ones.
    this.#alike = connection
      .prepare<[string], string>(
        `SELECT word FROM word_beginning CROSS JOIN word ON word.id = word_beginning.rowid
         WHERE word_beginning MATCH ? ORDER BY word_beginning.rowid LIMIT ${MAX_ALIKE_LOOKED_AT}`,
      )
      .pluck();
  }

  /** Null: no book can have the word. */
  partFor(word: string, unfinished: boolean): Part | null {
    if (!unfinished) return this.#has.get(word) === undefined ? null : partOf([word]);
    const expression = this.#expressionForBeginning(word);
    return expression === null ? null : { expression, holds: (words) => words.includes(` ${word}`) };
  }

  #expressionForBeginning(word: string): string | null {
    if (Array.from(word).length <= READY_LETTERS)
      return this.#continued.get(word, word + ABOVE_ALL) === undefined ? null : `${quoted(word)}*`;
    // The index would gather all that begins so before it gives the first.
    const words = this.#continuations.all(word, word + ABOVE_ALL);
    return words.length === 0 ? null : anyOf([...new Set([word, ...words])]);
  }

  /** Words that may have been meant, the likeliest first. */
  meantBy(word: string, unfinished: boolean): Meant[] {
    if (!canBeMisspelt(word)) return [];
    const alike = this.#alike.all(beginningsLike(word).map(quoted).join(' OR '));
    return meantAmong(alike, word, unfinished);
  }
}

/** Any of these words. */
export function partOf(anyWord: readonly string[]): Part {
  return {
    expression: anyWord.length === 1 ? anyWord.map(quoted).join('') : anyOf(anyWord),
    holds: (words) => anyWord.some((word) => words.includes(` ${word} `)),
  };
}

/** This part, or any of these words. */
export function orAnyOf(part: Part, words: readonly string[]): Part {
  return {
    // One list, not lists in lists, which the index reads more slowly.
    expression: `(${[part.expression, ...words.map(quoted)].join(' OR ')})`,
    holds: (held) => part.holds(held) || partOf(words).holds(held),
  };
}

export function anyOf(words: readonly string[]): string {
  return `(${words.map(quoted).join(' OR ')})`;
}

function quoted(word: string): string {
  return `"${word}"`;
}
