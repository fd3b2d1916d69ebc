import { MAX_OPERATIONS } from '../src/contract/internal.js';
import { submitCall } from '../src/contract/rpc.js';
import { type Book, type Operation } from '../src/core/replication/types.js';
import { CLUSTER_SECRET } from '../test/support/layout.js';
import { askOnLine } from '../test/support/line.js';

/** The seven books that a catalogue starts with have few copies: the benchmarks' own begin here. */
export const FIRST_BOOK = 8;
const REQUESTS_AT_A_TIME = 4;
const COPIES = 1_000_000_000;

/** A busy machine may cost a replica its leases for a moment. */
const MOST_TRIES = 100;
const PAUSE_MS = 100;

interface Submitted {
  readonly bookId: number;
  readonly operation: Operation;
}

/** Hands operations to a catalog, as an order server does, until all of them are decided: they bear ids, so none counts twice. */
export async function submit(address: string, operations: readonly Submitted[]): Promise<void> {
  let answer = '';
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      const { results } = await askOnLine(address, CLUSTER_SECRET, submitCall, { operations });
      const open = results.find(({ kind }) => kind !== 'decided');
      if (open === undefined) return;
      answer = JSON.stringify(open);
    } catch (error) {
      answer = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`operations are not decided: ${answer}`);
}

export type BookMaker = (
  index: number,
) => Pick<Book, 'title' | 'topic'> & Partial<Pick<Book, 'author' | 'priceCents'>>;

/** Ten topics that many books have, then one of its own for each thousandth. */
export const ordinaryBook: BookMaker = (index) => ({
  title: `Book ${index}`,
  topic: index % 1_000 === 0 ? `Rare matter ${index}` : `Common subject ${index % 10}`,
});

/** A topic of its own for each book: what is hard for a search by a part of the topic. */
export const distinctBook: BookMaker = (index) => ({
  title: `Book ${index}`,
  topic: `A history of matter number ${index}${index % 1_000 === 0 ? ' and rarities' : ''}`,
});

/** How many words titles are made of. */
export const WORDS = 30_000;
const SYLLABLES = Array.from('bdfghklmnprstvz', (consonant) =>
  Array.from('aeiou', (vowel) => consonant + vowel),
).flat();
const SYLLABLES_OF_A_WORD = 4;
const FIRST_NAMES = 300;
const LAST_NAMES = 20_000;
const TOPICS = 500;

/** A word of eight letters; those of neighbouring ranks have nothing in common. */
export function wordOfRank(rank: number): string {
  const count = SYLLABLES.length;
  // A step that has no divisor in common with the number of words there could be meets each of them once.
  let rest = (rank * 20_260_127 + 7) % count ** SYLLABLES_OF_A_WORD;
  let word = '';
  for (let at = 0; at < SYLLABLES_OF_A_WORD; at += 1) {
    word += SYLLABLES[rest % count] ?? '';
    rest = Math.floor(rest / count);
  }
  return word;
}

/** Titles as natural language has them: how often a word stands follows Zipf's law, so the first one is in a quarter of all titles. */
export const wordedBook: BookMaker = (index) => {
  const random = randomFrom(index);
  const zipf = (): string => wordOfRank(Math.floor(WORDS ** random()) - 1);
  const title = Array.from({ length: 2 + Math.floor(random() * 6) }, zipf).join(' ');
  const first = wordOfRank(WORDS + Math.floor(random() * FIRST_NAMES));
  const last = wordOfRank(WORDS + FIRST_NAMES + Math.floor(random() * LAST_NAMES));
  return {
    title: `${title} ${index}`,
    topic: `Subject ${Math.floor(random() * TOPICS)}`,
    author: `${first} ${last}`,
    priceCents: 100 + Math.floor(random() * 9_900),
  };
};

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function createBooks(
  address: string,
  count: number,
  make: BookMaker,
  progress: (done: number) => void,
): Promise<void> {
  let next = 0;
  const creator = async (): Promise<void> => {
    while (next < count) {
      const first = next;
      next = Math.min(first + MAX_OPERATIONS, count);
      const operations = Array.from({ length: next - first }, (_, offset) => creation(first + offset, make));
      await submit(address, operations);
      progress(next);
    }
  };
  await Promise.all(Array.from({ length: REQUESTS_AT_A_TIME }, creator));
}

function creation(index: number, make: BookMaker): { bookId: number; operation: Operation } {
  const book: Book = { priceCents: 1_000, quantity: COPIES, isbn: null, author: null, ...make(index) };
  return { bookId: 0, operation: { kind: 'create', operationId: `bench:${index}`, book } };
}
