import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type OrderRecord } from '../../contract/holding.js';
import { type OrdersPage } from '../../contract/holding.js';
import { foldSearch } from '../../core/text/fold.js';
import { type Ballot, type Book, type Decided, type Entry } from '../../core/replication/types.js';
import { type CatalogueIndex, type TopicCount, type TopicMatch } from './catalogue-index.js';
import { SqliteStore } from './sqlite-store.js';
import { BOOKS_PER_BLOCK } from './topics/topic-places.js';

const origin: Ballot = { round: 1, replicaId: 'replica-a', startNumber: 1 };
const genesis: Entry = { sequenceNumber: 0, origin, decided: [] };
const book = (title: string, topic: string, quantity = 20): Book => ({
  title,
  topic,
  priceCents: 1500,
  quantity,
  isbn: null,
  author: null,
});

describe('SqliteCatalogueIndex', () => {
  let folder: string;
  let store: SqliteStore;
  let index: CatalogueIndex;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-index-'));
    store = await SqliteStore.open({
      path: join(folder, 'catalog.sqlite'),
      onFailure: (error) => {
        throw error;
      },
    });
    index = store.index;
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const create = (topics: readonly string[], firstId = 1): void =>
    topics.forEach((topic, place) =>
      store.create(firstId + place, genesis, book(`Book ${firstId + place}`, topic)),
    );
  const ids = (matches: readonly TopicMatch[]): number[] => matches.map(({ id }) => id);
  const edit = (bookId: number, sequenceNumber: number, after: Book): void => {
    const { title, topic, priceCents, quantity } = after;
    const decided: Decided = {
      operation: {
        kind: 'edit',
        operationId: `edit-${bookId}-${sequenceNumber}`,
        changes: { title, topic, priceCents, quantity },
        expectedSequenceNumber: null,
      },
      outcome: { kind: 'edited' },
    };
    store.commit(bookId, { sequenceNumber, origin, decided: [decided] }, after);
  };

  describe('search', () => {
    const LONG = 'long topic '.repeat(1_000);
    const TOPICS = [
      'Distributed Systems',
      'Graduate School',
      'graduate SCHOOL',
      '100% sure',
      '1000 sure',
      'under_score',
      'underXscore',
      "O'Reilly",
      'say "hi" AND NOT *',
      '\u{1F4DA} books \u{1F600}',
      'C',
      'Go',
      '\u00c9COLE na\u00efve',
      '\u5716\u66f8\u9928',
      'a\\b',
      'a  b',
      LONG,
    ];
    const TEXTS = [
      ...[
        't',
        'T',
        'distributed',
        'D S',
        'd s',
        'school',
        '%',
        '0%',
        '_',
        'r_s',
        "'",
        "o'r",
        '"',
        '"hi"',
        'and not *',
      ],
      ...[
        '*',
        '\u{1F4DA}',
        '\u{1F600}',
        '\u{1F4DA} b',
        'c',
        'go',
        'g',
        '\u00e9',
        '\u00e9cole',
        'NA\u00cfVE',
        '\u66f8',
      ],
      ...[
        '\u5716\u66f8\u9928',
        '\\',
        '  ',
        '',
        'zzz',
        LONG.slice(3, 10_003),
        `${LONG}x`,
        '\u0000',
        'l\u0000',
        '-',
        '(',
        '^a',
      ],
    ];

    it.each(TEXTS.map((text) => [text.slice(0, 20), text]))('finds %j as a plain text', (_name, text) => {
      create(TOPICS);
      const expected = TOPICS.flatMap((topic, place) =>
        foldSearch(topic).includes(foldSearch(text)) ? [place + 1] : [],
      );
      expect(ids(index.searchByTopic(text, 0, 100))).toEqual(expected);
    });

    it('answers id, title and topic', () => {
      create(['Graduate School']);
      expect(index.searchByTopic('school', 0, 10)).toEqual([
        { id: 1, title: 'Book 1', topic: 'Graduate School' },
      ]);
    });

    it('follows a book to another topic, and leaves none behind', () => {
      create(['Old', 'Old']);
      edit(1, 1, book('New title', 'New'));
      expect(index.searchByTopic('new', 0, 10)).toEqual([{ id: 1, title: 'New title', topic: 'New' }]);
      expect(ids(index.searchByTopic('old', 0, 10))).toEqual([2]);
      expect(index.topics(10, null)).toEqual(
        expect.arrayContaining([
          { topic: 'New', books: 1 },
          { topic: 'Old', books: 1 },
        ]),
      );
      edit(2, 1, book('Other', 'New'));
      expect(index.topics(10, null)).toEqual([{ topic: 'New', books: 2 }]);
    });

    it('finds what comes back into a topic that it had left alone', () => {
      create(['Old', 'Other']);
      create(['Old'], 2 + BOOKS_PER_BLOCK);
      edit(1, 1, book('Book 1', 'New'));
      edit(1, 2, book('Book 1', 'Old'));
      edit(2, 1, book('Book 2', 'Other'));
      expect(ids(index.searchByTopic('old', 0, 10))).toEqual([1, 2 + BOOKS_PER_BLOCK]);
      expect(index.searchByTopic('new', 0, 10)).toEqual([]);
      expect(ids(index.searchByTopic('other', 0, 10))).toEqual([2]);
    });

    it('does not show a record that has no book yet', () => {
      store.savePromised(9, origin);
      create(['Old']);
      expect(ids(index.searchByTopic('', 0, 10))).toEqual([1]);
      expect(index.books(0, 10)).toHaveLength(1);
      expect(index.lowStock(10, null)).toEqual([]);
    });

    it('agrees with a plain filter on random topics, texts and pages', () => {
      const letters = fc.string({
        unit: fc.constantFrom('a', 'B', 'b', '%', ' ', '\u00df', '\u{1F4DA}'),
        maxLength: 6,
      });
      const topics: string[] = [];
      fc.assert(
        fc.property(
          fc.array(
            letters.map((topic) => `t${topic}`),
            { maxLength: 20 },
          ),
          letters,
          fc.nat(30),
          fc.integer({ min: 1, max: 7 }),
          (more, text, afterId, limit) => {
            create(more, topics.length + 1);
            topics.push(...more);
            const expected = topics
              .flatMap((topic, place) => (foldSearch(topic).includes(foldSearch(text)) ? [place + 1] : []))
              .filter((id) => id > afterId);
            expect(ids(index.searchByTopic(text, afterId, limit))).toEqual(expected.slice(0, limit));
          },
        ),
        { numRuns: 300 },
      );
    });

    it('finds pages in id order across the blocks of its index', () => {
      const topics = Array.from({ length: 3 * BOOKS_PER_BLOCK }, (_, place) => `subject ${(place * 7) % 10}`);
      create(topics);
      const found: number[] = [];
      for (let page = 0; page < 4; page += 1) {
        found.push(...ids(index.searchByTopic('subject 3', found.at(-1) ?? 0, 40)));
      }
      const expected = topics.flatMap((topic, place) => (topic === 'subject 3' ? [place + 1] : []));
      expect(found).toEqual(expected);
    });

    it('finds pages when thousands of topics match, at hand or far away', () => {
      const MANY = 6_000;
      const FAR = 20_000;
      create(Array.from({ length: MANY }, (_, place) => `near ${place}`));
      create(
        Array.from({ length: MANY }, (_, place) => `far ${place}`),
        FAR,
      );
      expect(ids(index.searchByTopic('near', 10, 3))).toEqual([11, 12, 13]);
      expect(ids(index.searchByTopic('far', 0, 3))).toEqual([FAR, FAR + 1, FAR + 2]);
      expect(ids(index.searchByTopic('far', FAR + MANY - 2, 3))).toEqual([FAR + MANY - 1]);
    });
  });

  it('lists topics with most books first', () => {
    create(['a', 'b', 'b', 'c', 'c', 'c']);
    expect(index.topics(2, null)).toEqual([
      { topic: 'c', books: 3 },
      { topic: 'b', books: 2 },
    ]);
  });

  it('lists topics page by page, in an order that names alone decide', () => {
    create(['z', 'b', 'a', 'Ä', 'b', 'c', 'c']);
    const pages: string[] = [];
    for (let after: TopicCount | null = null; pages.length < 10;) {
      const page = index.topics(2, after);
      if (page.length === 0) break;
      pages.push(page.map(({ topic }) => topic).join());
      after = page.at(-1) ?? null;
    }
    expect(pages).toEqual(['b,c', 'a,z', 'Ä']);
  });

  it('lists books in id order, page by page', () => {
    create(['a', 'b', 'c']);
    edit(2, 1, book('Edited', 'b', 3));
    expect(index.books(1, 1)).toEqual([
      { id: 2, sequenceNumber: 1, quantity: 3, title: 'Edited', topic: 'b', priceCents: 1500 },
    ]);
    expect(index.books(2, 10).map(({ id }) => id)).toEqual([3]);
  });

  it('lists books low in stock, fewest first, page by page', () => {
    [5, 0, 20, 5, 10, 11].forEach((quantity, place) =>
      store.create(place + 1, genesis, book(`B${place}`, 'T', quantity)),
    );
    const first = index.lowStock(2, null);
    expect(first.map(({ id, quantity }) => [id, quantity])).toEqual([
      [2, 0],
      [1, 5],
    ]);
    expect(index.lowStock(10, first[1] ?? null).map(({ id }) => id)).toEqual([4, 5]);
  });

  describe('orders', () => {
    const sell = (
      bookId: number,
      sequenceNumber: number,
      ...sales: [orderId: string, at: number][]
    ): void => {
      const decided: Decided[] = sales.map(([orderId, at]) => ({
        operation: { kind: 'sale', operationId: `op-${orderId}`, copies: 2, expectedPriceCents: null },
        outcome: { kind: 'sold', orderId, priceCents: 1500, at },
      }));
      const refused: Decided = {
        operation: {
          kind: 'sale',
          operationId: `no-${bookId}-${sequenceNumber}`,
          copies: 9,
          expectedPriceCents: null,
        },
        outcome: { kind: 'out of stock' },
      };
      store.commit(
        bookId,
        { sequenceNumber, origin, decided: [refused, ...decided] },
        book(`Book ${bookId}`, 'T', 5),
      );
    };
    const walk = (bookId: number | null, limit: number): string[][] => {
      const pages: string[][] = [];
      let after: string | null = null;
      do {
        const page: OrdersPage | undefined = index.orders({ bookId, reference: null, after, limit });
        if (page === undefined) throw new Error('its own cursor was refused');
        pages.push(page.orders.map(({ orderId }) => orderId));
        after = page.next;
      } while (after !== null && pages.length < 20);
      return pages;
    };

    beforeEach(() => {
      create(['T', 'T']);
      sell(1, 1, ['b', 10], ['c', 10]);
      sell(2, 1, ['a', 5]);
      sell(1, 2);
      sell(1, 3, ['d', 30], ['e', 30], ['f', 30]);
      sell(1, 4, ['g', 31]);
      sell(1, 5, ['h', 32]);
    });

    it('finds one by its id', () => {
      const expected: OrderRecord = {
        orderId: 'b',
        items: [{ bookId: 1, title: 'Book 1', copies: 2, priceCents: 1500, cancelled: 0 }],
        at: 10,
        sequenceNumber: 1,
      };
      expect(index.order('b')).toEqual(expected);
      expect(index.order('nobody')).toBeUndefined();
    });

    it.each([1, 2, 3, 4, 7, 8, 9])('lists all newest first, %d a page', (limit) => {
      expect(walk(null, limit).flat()).toEqual(['h', 'g', 'f', 'e', 'd', 'c', 'b', 'a']);
    });

    it.each([1, 2, 3, 6, 7, 8])('lists those of a book newest first, %d a page', (limit) => {
      const pages = walk(1, limit);
      expect(pages.flat()).toEqual(['h', 'g', 'f', 'e', 'd', 'c', 'b']);
      expect(pages).toHaveLength(Math.ceil(7 / limit));
    });

    it('does not list orders whose entries were taken back', () => {
      store.rollback(1, 3, book('Book 1', 'T', 11), 2);
      expect(walk(null, 10).flat()).toEqual(['c', 'b', 'a']);
      expect(walk(1, 10).flat()).toEqual(['c', 'b']);
      expect(index.order('d')).toBeUndefined();
    });

    it('has an empty page for a book without orders', () => {
      expect(index.orders({ bookId: 9, reference: null, after: null, limit: 10 })).toEqual({
        orders: [],
        next: null,
      });
    });

    it.each(['', 'x', '1', '1.', '.a', '1e3.a', "1'.a\n"])('refuses the cursor %j', (after) => {
      expect(index.orders({ bookId: null, reference: null, after, limit: 10 })).toBeUndefined();
      expect(index.orders({ bookId: 1, reference: null, after, limit: 10 })).toBeUndefined();
    });
  });
});
