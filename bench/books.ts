import { MAX_OPERATIONS, type OperationsResponse } from '../src/contract/internal.js';
import { type Book, type Operation } from '../src/core/replication/types.js';
import { callInternal } from '../test/support/layout.js';

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
    const response = await callInternal(address, '/operations', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-bazar-time-left-ms': '10000' },
      body: JSON.stringify({ operations }),
    });
    if (response.status === 200) {
      const { results } = (await response.json()) as OperationsResponse;
      const open = results.find(({ kind }) => kind !== 'decided');
      if (open === undefined) return;
      answer = JSON.stringify(open);
    } else answer = `${response.status}: ${await response.text()}`;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`operations are not decided: ${answer}`);
}

export type BookMaker = (index: number) => Pick<Book, 'title' | 'topic'>;

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
  const book: Book = { ...make(index), priceCents: 1_000, quantity: COPIES, isbn: null, author: null };
  return { bookId: 0, operation: { kind: 'create', operationId: `bench:${index}`, book } };
}
