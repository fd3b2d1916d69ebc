import { type FoundBook } from '../../contract/catalog.js';
import { type BookId } from '../../core/replication/types.js';
import { jsonIn } from '../shop/prepared-answer.js';
import { bookIn, type Lookup, type Search } from './shop-reader.js';

/** `GET /dump`, in the shape of the original; `unknown` are the ids that are known to name no book. */
export interface CacheDump {
  readonly lookup: readonly {
    readonly id: BookId;
    readonly price: number;
    readonly quantity: number;
    readonly title: string;
  }[];
  readonly search: readonly {
    readonly id: string;
    readonly topics: readonly string[];
    readonly search_result: readonly FoundBook[];
  }[];
  readonly unknown: readonly BookId[];
}

export function dumpOf(caches: {
  readonly lookups: readonly [BookId, Lookup][];
  readonly searches: readonly [string, Search][];
}): CacheDump {
  return {
    lookup: caches.lookups.flatMap(([id, lookup]) => {
      if (lookup.kind !== 'found') return [];
      const { price, quantity, title } = bookIn(lookup);
      return [{ id, price, quantity, title }];
    }),
    search: caches.searches.map(([, { text, answer }]) => {
      const books = JSON.parse(jsonIn(answer)) as FoundBook[];
      return { id: text, topics: [...new Set(books.map(({ topic }) => topic))], search_result: books };
    }),
    unknown: caches.lookups.flatMap(([id, { kind }]) => (kind === 'no such book' ? [id] : [])),
  };
}
