import { applyEntry } from '../../../core/replication/book-fold.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Ballot, type Book, type BookChanges, type Entry } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { type BookQuery, type FoundBooks } from '../catalogue-index.js';
import { SqliteStore } from '../sqlite-store.js';
import { wordsOf } from './words.js';

const origin: Ballot = { round: 1, replicaId: 'replica-a', startNumber: 1 };
const genesis: Entry = { sequenceNumber: 0, origin, decided: [] };

const BOOKS: readonly (readonly [title: string, author: string | null, topic: string, isbn?: string])[] = [
  ['Life of Pi', 'Yann Martel', 'Literature', '0-15-602732-1'],
  ['The Hobbit', 'J. R. R. Tolkien', 'Fantasy', '978-0-261-10221-7'],
  ['Hobit: a Village in Bosnia', null, 'Travel'],
  ['Œuvres de Molière', 'Molière', 'Théâtre'],
  ['Of Mice and Men', 'John Steinbeck', 'Literature'],
  ['Men of Mice', 'Jane Doe', 'Biology', '2024000100'],
  ['Hamlet', 'William Shakespeare', 'Drama'],
  ['Shakespeare', 'Bill Bryson', 'Biography'],
  ['The Three-Body Problem 三体', 'Liu Cixin', 'Science Fiction'],
  ['C++ Primer', 'Stanley Lippman', 'Computing'],
  ['ΟΔΥΣΣΕΥΣ', null, 'Literature'],
  ['...', 'Nobody', 'Art', 'AB-12/3'],
  ['Pilgrims of the Life to Come', 'A. Pious', 'Religion'],
];
const ALL: BookQuery = { text: '', topic: null, order: 'relevance', after: null, limit: 100 };

describe('BookSearch', () => {
  let folder: string;
  let store: SqliteStore;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-books-'));
    store = await SqliteStore.open({
      path: join(folder, 'catalog.sqlite'),
      onFailure: (error) => {
        throw error;
      },
    });
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const create = (id: number, book: Partial<Book> & Pick<Book, 'title'>): void =>
    store.create(id, genesis, {
      topic: 'Topic',
      priceCents: 1500,
      quantity: 3,
      isbn: null,
      author: null,
      ...book,
    });
  const createAll = (): void =>
    BOOKS.forEach(([title, author, topic, isbn = null], place) =>
      create(place + 1, { title, author, topic, isbn, priceCents: 3_000 - place }),
    );
  const edit = (id: number, sequenceNumber: number, book: Book, changes: BookChanges): void => {
    const operation = {
      kind: 'edit',
      operationId: `${id}.${sequenceNumber}`,
      changes,
      expectedSequenceNumber: null,
    } as const;
    const entry: Entry = {
      sequenceNumber,
      origin,
      decided: [{ operation, outcome: { kind: 'edited' } }],
    };
    store.commit(id, entry, applyEntry(book, entry));
  };
  const find = (asked: Partial<BookQuery>): Extract<FoundBooks, { kind: 'found' }> => {
    const found = store.index.findBooks({ ...ALL, ...asked });
    if (found.kind !== 'found') throw new Error(found.kind);
    return found;
  };
  const titles = (text: string, asked: Partial<BookQuery> = {}): (string | undefined)[] =>
    find({ text, ...asked }).ids.map((id) => BOOKS[id - 1]?.[0]);
  const everyPage = (asked: Partial<BookQuery>): number[] => {
    const ids: number[] = [];
    for (let after: string | null = null, pages = 0; pages < 10_000; pages += 1) {
      const page = find({ ...asked, after });
      ids.push(...page.ids);
      after = page.next;
      if (after === null) return ids;
    }
    throw new Error('the pages have no end');
  };

  it.each([
    ['life of pi', 'Life of Pi'],
    ['LIFE   of  Pi', 'Life of Pi'],
    ['pi life', 'Life of Pi'],
    ['martel', 'Life of Pi'],
    ['life yann', 'Life of Pi'],
    ['0156027321', 'Life of Pi'],
    ['978-0156027328', 'Life of Pi'],
    ['01560', 'Life of Pi'],
    ['9780261102217', 'The Hobbit'],
    ['261102214', 'The Hobbit'],
    ['2024000', 'Men of Mice'],
    ['ab-12', '...'],
    ['ＨＯＢＢＩＴ', 'The Hobbit'],
    ['tolk', 'The Hobbit'],
    ['oeuvres', 'Œuvres de Molière'],
    ['moliere', 'Œuvres de Molière'],
    ['moliere theatre', 'Œuvres de Molière'],
    ['三体', 'The Three-Body Problem 三体'],
    ['体', 'The Three-Body Problem 三体'],
    ['three body', 'The Three-Body Problem 三体'],
    ['c++', 'C++ Primer'],
    ['οδυσσευς', 'ΟΔΥΣΣΕΥΣ'],
    ['οδυσ', 'ΟΔΥΣΣΕΥΣ'],
    ['...', '...'],
    ['shakespeare', 'Shakespeare'],
    ['william shakespeare', 'Hamlet'],
    ['of mice', 'Of Mice and Men'],
    ['men of mice', 'Men of Mice'],
  ])('finds %j', (text, title) => {
    createAll();
    const found = find({ text });
    expect(BOOKS[(found.ids[0] ?? 0) - 1]?.[0]).toBe(title);
    expect(found.near).toBe(false);
  });

  it.each([
    ['lief of pi', 'Life of Pi'],
    ['life of py', 'Life of Pi'],
    ['hobbitt', 'The Hobbit'],
    ['tolkein', 'The Hobbit'],
    ['shakspeare', 'Shakespeare'],
    ['shackespeare', 'Shakespeare'],
    ['shaksp', 'Shakespeare'],
    ['stienbeck', 'Of Mice and Men'],
    ['of mice adn men', 'Of Mice and Men'],
    ['life of pi zebra', 'Life of Pi'],
    ['moliére oeuvers', 'Œuvres de Molière'],
  ])('finds what is near to %j', (text, title) => {
    createAll();
    const found = find({ text });
    expect(BOOKS[(found.ids[0] ?? 0) - 1]?.[0]).toBe(title);
    expect(found.near).toBe(true);
  });

  it('puts a misspelt word below an exact one', () => {
    createAll();
    expect(titles('hobit')).toEqual(['Hobit: a Village in Bosnia', 'The Hobbit']);
  });

  it.each(['zebra', 'qqq', '!', '%', '_', '"', "'", '*', 'AND', 'a" OR "b', 'title : pi', '\ud800'])(
    'finds nothing for %j, and does not fail',
    (text) => {
      createAll();
      expect(find({ text, topic: 'Literature' }).kind).toBe('found');
      expect(titles(text).filter((title) => title === 'Hamlet')).toEqual([]);
    },
  );

  it('finds within one very topic', () => {
    createAll();
    expect(titles('', { topic: 'Literature' })).toEqual(['Life of Pi', 'Of Mice and Men', 'ΟΔΥΣΣΕΥΣ']);
    expect(titles('of', { topic: 'Literature' })).toEqual(['Of Mice and Men', 'Life of Pi']);
    expect(titles('0156027321', { topic: 'Fantasy' })).toEqual([]);
    expect(titles('', { topic: 'Lit' })).toEqual([]);
    for (const topic of [
      'Théâtre',
      'Th\u00e9\u00e2tre',
      'Th\u0065\u0301\u0061\u0302tre',
      'THEATRE',
      'ｔｈｅａｔｒｅ',
    ])
      expect(titles('', { topic })).toEqual(['Œuvres de Molière']);
  });

  it('sorts by price and by title', () => {
    createAll();
    expect(titles('of', { order: 'price' })).toEqual([
      'Pilgrims of the Life to Come',
      'Men of Mice',
      'Of Mice and Men',
      'Life of Pi',
    ]);
    expect(titles('of', { order: 'title' })).toEqual([
      'Life of Pi',
      'Men of Mice',
      'Of Mice and Men',
      'Pilgrims of the Life to Come',
    ]);
    expect(titles('', { order: 'title', limit: 3 })).toEqual(['...', 'C++ Primer', 'Hamlet']);
    expect(titles('', { order: 'price', topic: 'Literature' })).toEqual([
      'ΟΔΥΣΣΕΥΣ',
      'Of Mice and Men',
      'Life of Pi',
    ]);
  });

  it('follows titles, topics and prices, and lets sales be', () => {
    createAll();
    const pi: Book = {
      title: 'Life of Pi',
      author: 'Yann Martel',
      topic: 'Literature',
      isbn: null,
      priceCents: 3_000,
      quantity: 3,
    };
    edit(1, 1, pi, { title: 'Vie de Pi' });
    expect(find({ text: 'life of pi' }).ids).toEqual([13]);
    expect(find({ text: 'vie' }).ids).toEqual([1]);
    edit(1, 2, { ...pi, title: 'Vie de Pi' }, { topic: 'Novels', priceCents: 1 });
    expect(find({ topic: 'Literature' }).ids).not.toContain(1);
    expect(find({ topic: 'Novels' }).ids).toEqual([1]);
    expect(find({ text: 'novels' }).ids).toEqual([1]);
    expect(find({ order: 'price', limit: 1 }).ids).toEqual([1]);
    store.rollback(1, 1, pi, 0);
    expect(find({ text: 'vie' }).ids).toEqual([]);
    expect(find({ text: 'life of pi' }).ids[0]).toBe(1);
    expect(find({ order: 'price' }).ids.at(-1)).toBe(1);
  });

  it.each(['', 'x', 'r1', 'i', 'p1.2', 't3', 'r1.2.3.4', 'i9999999999999999'])(
    'does not know the cursor %j',
    (after) => {
      createAll();
      expect(store.index.findBooks({ ...ALL, after })).toEqual({ kind: 'wrong cursor' });
    },
  );

  it('shows every book once, however many fit, and in whatever order', () => {
    for (let id = 1; id <= 3_500; id += 1)
      create(id, {
        title: `Volume ${id % 700} of things`,
        topic: id % 2 ? 'Odd' : 'Even',
        priceCents: id % 50,
      });
    for (const order of ['relevance', 'price', 'title'] as const) {
      for (const asked of [
        { text: 'of' },
        { text: 'volume' },
        { text: '' },
        { text: 'of thing', topic: 'Odd' },
        { text: '', topic: 'Odd' },
      ]) {
        const ids = everyPage({ ...asked, order, limit: 90 });
        const expected = 'topic' in asked ? 1_750 : 3_500;
        expect([order, asked, ids.length, new Set(ids).size]).toEqual([order, asked, expected, expected]);
      }
    }
  });

  it('finds the same books as one who reads them all', () => {
    const word = fc.constantFrom('a', 'an', 'ant', 'and', 'band', 'Bänd', 'x1', '三', 'étude');
    const words = fc.array(word, { minLength: 1, maxLength: 4 }).map((all) => all.join(' '));
    let next = 1;
    const kept: string[] = [];
    fc.assert(
      fc.property(fc.array(words, { maxLength: 5 }), words, (more, text) => {
        for (const title of more) {
          create(next, { title, topic: 'T' });
          kept.push(title);
          next += 1;
        }
        const asked = wordsOf(foldSearch(text));
        const expected = kept.flatMap((title, place) => {
          const has = wordsOf(foldSearch(title));
          const fits = asked.every((one, index) =>
            index === asked.length - 1 ? has.some((other) => other.startsWith(one)) : has.includes(one),
          );
          return fits ? [place + 1] : [];
        });
        const found = everyPage({ text, order: 'price', limit: 7 });
        if (expected.length > 0) expect(found.sort((a, b) => a - b)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});
