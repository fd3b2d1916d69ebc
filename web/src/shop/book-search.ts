import { type BookOrder } from '../api/shop.js';

/** What is searched for. Its address holds all of it, so that it can be kept, and gone back to. */
export interface BookSearch {
  readonly text: string;
  /** Null: of all topics. */
  readonly topic: string | null;
  readonly sort: BookOrder;
}

const SORTS: readonly BookOrder[] = ['relevance', 'price', 'title'];

/** Of an address's `?q=&topic=&sort=`; what it does not know is as if it were left out. */
export function searchIn(query: Readonly<Record<string, string>>): BookSearch {
  return {
    text: query['q']?.trim() ?? '',
    topic: query['topic'] || null,
    sort: SORTS.find((sort) => sort === query['sort']) ?? 'relevance',
  };
}

export function addressOf({ text = '', topic = null, sort = 'relevance' }: Partial<BookSearch>): string {
  const query = new URLSearchParams({
    ...(text !== '' && { q: text }),
    ...(topic !== null && { topic }),
    ...(sort !== 'relevance' && { sort }),
  });
  return query.size === 0 ? '/' : `/?${query}`;
}
