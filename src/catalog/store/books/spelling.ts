import { type Meant } from './ranking.js';

/** Misspelt beginnings are compared no further than this: words that share so much differ by their ends. */
const LETTERS_COMPARED = 6;
const SHORTEST_WORD = 3;
const LONGEST_WORD = 32;
/** Others that one misspelt word may stand for. */
const MAX_MEANT = 8;
/** From this length on two mistakes are forgiven. */
const LONG_WORD = 7;

/** Words with digits are numbers, which nobody misspells into another by accident. */
export function canBeMisspelt(word: string): boolean {
  const { length } = word;
  return length >= SHORTEST_WORD && length <= LONGEST_WORD && !/\p{N}/u.test(word);
}

/** By which the vocabulary is asked for words that a misspelt one may stand for. */
export function beginningsLike(word: string): string[] {
  return mistakesForgiven(word) === 1 ? beginningsOf(word) : shorterBeginningsOf(word);
}

/** Of words that begin alike, those that may have been meant, the likeliest first. */
export function meantAmong(alike: readonly string[], word: string, unfinished: boolean): Meant[] {
  const most = mistakesForgiven(word);
  return alike
    .map((other) => ({ word: other, mistakes: mistakesBetween(word, other, most, unfinished) }))
    .filter(({ mistakes }) => mistakes > 0 && mistakes <= most)
    .sort((a, b) => a.mistakes - b.mistakes)
    .slice(0, MAX_MEANT);
}

/** How many mistakes a word of this length may hold. */
function mistakesForgiven(word: string): 1 | 2 {
  return word.length >= LONG_WORD ? 2 : 1;
}

/**
 * The beginning of a word, and what is left of it when each of its letters in turn is left out. Two beginnings that are one
 * mistake apart, a letter wrong, missing, added or swapped with its neighbour, share one of these (symmetric deletion, as
 * W. Garbe's SymSpell finds words).
 */
export function beginningsOf(word: string): string[] {
  const letters = Array.from(word).slice(0, LETTERS_COMPARED);
  const beginnings = new Set([letters.join('')]);
  for (let left = 0; left < letters.length; left += 1) beginnings.add(letters.toSpliced(left, 1).join(''));
  return [...beginnings];
}

/** The same with two letters left out: asked for of a long word, for it may begin with two mistakes. */
function shorterBeginningsOf(word: string): string[] {
  return [...new Set(beginningsOf(word).flatMap(beginningsOf))];
}

/**
 * How many mistakes lie between two words: letters wrong, missing, added, or swapped with a neighbour (optimal string alignment).
 * `unfinished`: the least over all beginnings of `word`, for `typed` may go on. More than `most` is told as `most + 1`.
 */
export function mistakesBetween(typed: string, word: string, most: number, unfinished: boolean): number {
  const a = Array.from(typed);
  const b = Array.from(word);
  if (a.length - b.length > most || (!unfinished && b.length - a.length > most)) return most + 1;
  const width = unfinished ? Math.min(b.length, a.length + most) : b.length;
  let above: number[] = [];
  let row = Array.from({ length: width + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= width; column += 1) {
      const same = a[line - 1] === b[column - 1];
      let least = Math.min(
        at(row, column) + 1,
        at(next, column - 1) + 1,
        at(row, column - 1) + (same ? 0 : 1),
      );
      const swapped =
        line > 1 && column > 1 && a[line - 1] === b[column - 2] && a[line - 2] === b[column - 1];
      if (swapped) least = Math.min(least, at(above, column - 2) + 1);
      next.push(least);
    }
    above = row;
    row = next;
  }
  return Math.min(most + 1, unfinished ? Math.min(...row) : at(row, width));
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
