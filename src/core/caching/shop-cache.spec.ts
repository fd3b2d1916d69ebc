import { monotonic as at } from '../clocks.js';
import { type Invalidation } from '../replication/invalidation.js';
import { FrontEndSessions, sessionKey } from './sessions.js';
import {
  ShopCache,
  lookupTags,
  searchKey,
  searchTags,
  textOf,
  type CachedLookup,
  type FoundPage,
} from './shop-cache.js';

const SOURCE = { session: sessionKey('r1', 1), cacheable: true };
const NOTHING: Invalidation = {
  id: 'r1.1.1',
  bookIds: [],
  retitledIds: [],
  topics: [],
  unknownIds: false,
  everySearch: false,
};

/** Look-ups of 1 and 2 (found) and 9 (unknown); searches of `distributed` showing 1 and `school` showing 3. */
function filled() {
  const sessions = new FrontEndSessions();
  sessions.granted({ replicaId: 'r1', startNumber: 1, durationMs: 10_000 }, at(0), at(1));
  const bounds = { maxEntries: 10, maxBytes: 1e6 };
  const shop = new ShopCache<CachedLookup, FoundPage>(sessions, {
    lookups: bounds,
    searches: bounds,
    sizeOfLookup: () => 1,
    sizeOfSearch: () => 1,
  });
  const lookUp = (id: number, value: CachedLookup) => {
    const fence = shop.lookups.open(id);
    return () => fence !== null && shop.lookups.fill(fence, value, SOURCE, lookupTags(value), at(2));
  };
  const search = (text: string, books: FoundPage['books']) => {
    const fence = shop.searches.open(searchKey(text, 20, null));
    const value = { books };
    return () => fence !== null && shop.searches.fill(fence, value, SOURCE, searchTags(value), at(2));
  };
  lookUp(1, { kind: 'found' })();
  lookUp(2, { kind: 'found' })();
  lookUp(9, { kind: 'no such book' })();
  search('DISTRIBUTED', [{ id: 1, topic: 'Distributed Systems' }])();
  search('school', [{ id: 3, topic: 'Graduate School' }])();
  return { shop, lookUp, search };
}
function cached(shop: ShopCache<CachedLookup, FoundPage>) {
  const { lookups, searches } = shop.dump(at(2));
  return [...lookups.map(([id]) => id), ...searches.map(([key]) => textOf(key))];
}

describe('ShopCache', () => {
  it.each<[string, Partial<Invalidation>, (string | number)[]]>([
    ['nothing', {}, [1, 2, 9, 'distributed', 'school']],
    ['a book', { bookIds: [1] }, [2, 9, 'distributed', 'school']],
    ['a book and its title', { bookIds: [3], retitledIds: [3] }, [1, 2, 9, 'distributed']],
    ['a new book', { unknownIds: true, topics: ['Old School'] }, [1, 2, 'distributed']],
    ['a topic in other letters', { topics: ['un-dIsTrIbUtEd'] }, [1, 2, 9, 'school']],
    ['a topic with accents', { topics: ['pré-sçhool\u00a0'] }, [1, 2, 9, 'distributed']],
    ['a topic that is but a part of the text', { topics: ['distrib'] }, [1, 2, 9, 'distributed', 'school']],
    ['an unknown change', { bookIds: [2], everySearch: true }, [1, 9]],
  ])('forgets what an invalidation of %s names', (_, invalidation, left) => {
    const { shop } = filled();
    shop.apply({ ...NOTHING, ...invalidation });
    expect(cached(shop)).toEqual(left);
  });

  it.each<[string, Partial<Invalidation>, boolean]>([
    ['nothing', {}, true],
    ['a price', { bookIds: [1] }, true],
    ['a title, of whatever book', { bookIds: [77], retitledIds: [77] }, false],
    ['a topic with the text', { topics: ['New Systems'] }, false],
    ['a topic without the text', { topics: ['Cooking'] }, true],
    ['every search', { everySearch: true }, false],
  ])('breaks a search under way when %s changes: %j', (_, invalidation, kept) => {
    const { shop, search } = filled();
    const fill = search('systems', []);
    shop.apply({ ...NOTHING, ...invalidation });
    expect(fill()).toBe(kept);
  });

  it('breaks a look-up under way that may find no book', () => {
    const { shop, lookUp } = filled();
    const fill = lookUp(10, { kind: 'no such book' });
    shop.apply({ ...NOTHING, unknownIds: true, topics: ['x'] });
    expect(fill()).toBe(false);
  });

  it('forgets by hand a book, a topic shown or containing the text, and every search', () => {
    const { shop, search } = filled();
    search('', [])();
    search('g', [{ id: 4, topic: 'Gardening' }])();
    shop.forgetTopic('GRADUATE SCHOOL');
    expect(cached(shop)).toEqual([1, 2, 9, 'distributed']);
    search('ing', [{ id: 4, topic: 'Gardening' }])();
    search('rd', [{ id: 4, topic: 'Gardening' }])();
    shop.forgetTopic('gardening');
    expect(cached(shop)).toEqual([1, 2, 9, 'distributed']);
    shop.forgetBook(2);
    shop.forgetSearches();
    expect(cached(shop)).toEqual([1, 9]);
  });

  it('reads the text back from a key', () => {
    for (const text of ['', 'a', 'a b', '%_/"', 'ss😀'])
      expect(textOf(searchKey(text, 20, 'c-1'))).toBe(text);
    expect(textOf(searchKey('A\nB', 20, 'c-1'))).toBe('a b');
  });
});

describe('found books (F7)', () => {
  const FOUND = { ids: [1, 3], next: null, near: false };
  function found() {
    const { shop, lookUp } = filled();
    const keep = () => {
      const fence = shop.found.open('q');
      return () => fence !== null && shop.found.fill(fence, FOUND, SOURCE, [], at(2));
    };
    keep()();
    return { shop, lookUp, keep };
  }

  it.each<[string, Partial<Invalidation>, boolean]>([
    ['a sale, or a price', { bookIds: [1] }, true],
    ['a title', { bookIds: [8], retitledIds: [8] }, false],
    ['a topic', { bookIds: [8], retitledIds: [8], topics: ['Art'] }, false],
    ['a new book', { unknownIds: true, topics: ['Art'] }, false],
    ['a creation that is not known yet', { unknownIds: true }, false],
    ['what is not known', { bookIds: [1], everySearch: true }, false],
  ])('after %s', (_name, invalidation, stays) => {
    const { shop, keep } = found();
    const underWay = keep();
    shop.apply({ ...NOTHING, ...invalidation });
    expect(shop.found.get('q', at(2)) !== undefined).toBe(stays);
    expect(underWay()).toBe(stays);
  });

  it('are forgotten with all searches, and with a topic', () => {
    for (const forget of ['forgetSearches', 'forgetTopic'] as const) {
      const { shop } = found();
      shop[forget]('art');
      expect(shop.found.size).toBe(0);
    }
  });
});
