import { type BookId } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { asPhrase, wordsOf } from './words.js';

/** What a book is judged by. */
export interface Judged {
  readonly id: BookId;
  readonly title: string;
  readonly author: string | null;
  readonly topic: string;
}

/** A place in the order of relevance: lower is better, first by grade, then by the length of the title, then by id. */
export interface Place {
  readonly grade: number;
  readonly length: number;
  readonly id: BookId;
}

/** How well a book fits, the best first. */
const GRADES = {
  isbn: 0,
  'the title': 1,
  'the title begins so': 2,
  'the author': 3,
  'the title begins with these letters': 4,
  'in a row in the title': 5,
  'in the author': 6,
  'in the title': 7,
  'in the title, the last word unfinished': 8,
  'in title and author': 9,
  'in title, author and topic': 10,
  /** And one more for each mistake, twice, and for words outside the title. */
  misspelt: 20,
} as const;
/** For a word that a book does not hold at all. */
const MISSING_WORD = 3;

export const ISBN_GRADE = GRADES.isbn;

/** Another word that may have been meant. */
export interface Meant {
  readonly word: string;
  readonly mistakes: number;
}

/** Where a book stands that holds all the words, the last one as far as it is typed; null if it does not. */
export function placeOf(words: readonly string[], book: Judged): Place | null {
  const { title, author, topic } = phrasesOf(book);
  const grade = gradeOf(words, title, author, topic);
  return grade === null ? null : { grade, length: title.length, id: book.id };
}

/** Of a text without a word in it, with which its title begins. */
export function placeByLetters({ id, title }: Judged): Place {
  return { grade: GRADES['the title begins with these letters'], length: title.length, id };
}

/** Where a book stands that holds the words or what may have been meant by them. */
export function placeOfMisspelt(
  words: readonly string[],
  meant: readonly (readonly Meant[])[],
  book: Judged,
): Place {
  const { title, author, topic } = phrasesOf(book);
  let mistakes = 0;
  let outside = 0;
  words.forEach((word, index) => {
    const others = meant[index] ?? [];
    const inTitle = mistakesIn(title, word, index === words.length - 1, others);
    const anywhere = Math.min(
      inTitle,
      mistakesIn(`${author}${topic}`, word, index === words.length - 1, others),
    );
    mistakes += anywhere;
    if (anywhere < inTitle) outside = 1;
  });
  return { grade: GRADES.misspelt + 2 * mistakes + outside, length: title.length, id: book.id };
}

export function comparePlaces(a: Place, b: Place): number {
  return a.grade - b.grade || a.length - b.length || a.id - b.id;
}

function gradeOf(words: readonly string[], title: string, author: string, topic: string): number | null {
  const asked = asPhrase(words);
  const begins = title.startsWith(asked);
  if (title === asked) return GRADES['the title'];
  if (begins && title[asked.length] === ' ') return GRADES['the title begins so'];
  if (author === asked) return GRADES['the author'];
  if (begins) return GRADES['the title begins with these letters'];
  if (`${title} `.includes(`${asked} `)) return GRADES['in a row in the title'];
  if (holds(author, words)) return GRADES['in the author'];
  if (holds(title, words))
    return `${title} `.includes(` ${words.at(-1) ?? ''} `)
      ? GRADES['in the title']
      : GRADES['in the title, the last word unfinished'];
  if (holds(title + author, words)) return GRADES['in title and author'];
  return holds(title + author + topic, words) ? GRADES['in title, author and topic'] : null;
}

function holds(phrase: string, words: readonly string[]): boolean {
  const whole = `${phrase} `;
  return words.every((word, index) =>
    index === words.length - 1 ? phrase.includes(` ${word}`) : whole.includes(` ${word} `),
  );
}

function mistakesIn(phrase: string, word: string, isLast: boolean, meant: readonly Meant[]): number {
  const whole = `${phrase} `;
  if (isLast ? phrase.includes(` ${word}`) : whole.includes(` ${word} `)) return 0;
  return meant.reduce(
    (fewest, other) => (whole.includes(` ${other.word} `) ? Math.min(fewest, other.mistakes) : fewest),
    MISSING_WORD,
  );
}

/** All words of a book, with a blank before and behind each, as `Part` looks at them. */
export function wordsOfBook(book: Judged): string {
  const { title, author, topic } = phrasesOf(book);
  return `${title}${author}${topic} `;
}

function phrasesOf({ title, author, topic }: Judged): Record<'title' | 'author' | 'topic', string> {
  return { title: phraseOf(title), author: phraseOf(author ?? ''), topic: phraseOf(topic) };
}

function phraseOf(text: string): string {
  return asPhrase(wordsOf(foldSearch(text)));
}
