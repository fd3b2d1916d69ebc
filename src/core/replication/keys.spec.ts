import { apply, applyEntry } from './book-fold.js';
import { catalogueKey } from './catalogue-key.js';
import { effectOf } from './invalidation.js';
import { Decision, type Footing, keysGivenBy } from './ledger.js';
import { ALL_RULES } from './rules.js';
import { type Book, type BookChanges, type Claim, type Operation } from './types.js';

const BOOK: Book = { title: 'T', topic: 'S', priceCents: 1_000, quantity: 5, isbn: 'A-1', author: null };
const KEY = catalogueKey({ ...BOOK, isbn: 'A-2' });

function decide(footing: Partial<Footing>, ...operations: Operation[]) {
  const decision = new Decision(
    {
      bookId: 7,
      committed: 3,
      version: 3,
      book: BOOK,
      nextBookId: 10,
      idStep: 1,
      holderOf: () => undefined,
      hold: () => undefined,
      sold: () => undefined,
      due: [],
      ...footing,
    },
    { at: 50, orderId: () => 'order' },
    ALL_RULES,
  );
  return operations.map((operation) => decision.add(operation));
}

const claim = (bookId: number, key = KEY): Operation => ({
  kind: 'claim',
  operationId: `claim ${bookId} ${key}`,
  bookId,
  key,
});
const edit = (changes: BookChanges, claimed?: Claim): Operation => ({
  kind: 'edit',
  operationId: `edit ${JSON.stringify(changes)}`,
  changes,
  expectedSequenceNumber: null,
  ...(claimed !== undefined && { claim: claimed }),
});
const outcomes = (...asked: Parameters<typeof decide>) => decide(...asked).map(({ outcome }) => outcome);

describe('keys', () => {
  it('are given to the first who claims one, with a number that rises (K1)', () => {
    const [first, second, again, other] = outcomes(
      { bookId: 0, book: null },
      claim(7),
      claim(8),
      claim(7),
      claim(8, 'k'),
    );
    expect(second).toEqual({ kind: 'exists', bookId: 7 });
    const numbers = [first, again, other].map((each) => (each?.kind === 'claimed' ? each.number : 0));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(3);
    const [later] = outcomes({ bookId: 0, book: null, committed: 4 }, claim(7));
    expect(later?.kind === 'claimed' ? later.number : 0).toBeGreaterThan(Math.max(...numbers));
  });

  it('are refused to a book, and to a new one, when another has them', () => {
    const footing = { bookId: 0, book: null, holderOf: () => 9 };
    expect(outcomes(footing, claim(7), claim(9))).toMatchObject([
      { kind: 'exists', bookId: 9 },
      { kind: 'claimed' },
    ]);
    const created: Operation = { kind: 'create', operationId: 'c', book: { ...BOOK, isbn: 'A-2' } };
    expect(outcomes({ bookId: 0, book: null }, claim(7), created)).toMatchObject([
      { kind: 'claimed' },
      { kind: 'exists', bookId: 7 },
    ]);
  });

  it('are taken with a claim to that very key, and one that is later than the last (K1, K2)', () => {
    const refused = { kind: 'precondition failed' };
    expect(outcomes({}, edit({ isbn: 'A-2' }))).toEqual([refused]);
    expect(outcomes({}, edit({ isbn: 'A-2' }, { key: 'number:A-9', number: 5 }))).toEqual([refused]);
    expect(outcomes({}, edit({ isbn: 'A-2' }, { key: KEY, number: 5 }))).toEqual([{ kind: 'edited' }]);
    const claimed = { book: { ...BOOK, claim: 6 } };
    expect(outcomes(claimed, edit({ isbn: 'A-2' }, { key: KEY, number: 6 }))).toEqual([refused]);
    const both = [
      edit({ isbn: 'A-2', title: 'x' }, { key: KEY, number: 8 }),
      edit({ isbn: 'A-2' }, { key: KEY, number: 7 }),
    ];
    expect(outcomes({}, ...both)).toEqual([{ kind: 'edited' }, refused]);
  });

  it('stay as they are through an edit that does not change them', () => {
    const changes = { title: 'New', author: 'Somebody', priceCents: 5 };
    const [decided] = decide({}, edit(changes));
    expect(decided?.outcome).toEqual({ kind: 'edited' });
    expect(decided && apply(BOOK, decided)).toEqual({ ...BOOK, ...changes });
  });

  it('are what an entry of record 0 gave out', () => {
    const decided = decide({ bookId: 0, book: null }, claim(7));
    const entry = { sequenceNumber: 4, origin: { round: 1, replicaId: 'r', startNumber: 1 }, decided };
    expect(keysGivenBy(entry)).toEqual([[KEY, { bookId: 7, claim: 4 * 1_024 }]]);
  });
});

describe('a hidden book', () => {
  const hidden: Book = { ...BOOK, hidden: true };
  const entryOf = (book: Book, changes: BookChanges) => ({
    sequenceNumber: 4,
    origin: { round: 1, replicaId: 'r', startNumber: 1 },
    decided: decide({ book }, edit(changes)),
  });

  it('is sold to nobody and held for nobody (V1)', () => {
    const sale: Operation = { kind: 'sale', operationId: 's', copies: 1, expectedPriceCents: null };
    const hold: Operation = { ...sale, kind: 'hold', operationId: 'h', term: { kind: 'alone', ttlMs: 1 } };
    expect(outcomes({ book: hidden }, sale, hold)).toEqual([{ kind: 'hidden' }, { kind: 'hidden' }]);
    const sold = { kind: 'sold', orderId: 'order', priceCents: 1_000, at: 50 };
    expect(
      outcomes({}, edit({ hidden: true }), sale, edit({ hidden: false }), { ...sale, operationId: 't' }),
    ).toEqual([{ kind: 'edited' }, { kind: 'hidden' }, { kind: 'edited' }, sold]);
  });

  it('is hidden and shown by edits', () => {
    expect(applyEntry(BOOK, entryOf(BOOK, { hidden: true }))).toEqual(hidden);
    expect(applyEntry(hidden, entryOf(hidden, { priceCents: 5 }))).toEqual({ ...hidden, priceCents: 5 });
    expect(applyEntry(hidden, entryOf(hidden, { hidden: false }))).toEqual(BOOK);
  });

  it.each<[string, Book, BookChanges, number[], string[]]>([
    ['hiding', BOOK, { hidden: true }, [7], []],
    ['showing', hidden, { hidden: false }, [7], ['S']],
    ['another author', BOOK, { author: 'A' }, [7], []],
    ['another number', BOOK, { isbn: null }, [7], []],
    ['the same author', BOOK, { author: null }, [], []],
    ['a price', BOOK, { priceCents: 1 }, [], []],
  ])('%s empties the searches that it concerns', (_what, book, changes, retitledIds, topics) => {
    const decided = [{ operation: edit(changes), outcome: { kind: 'edited' } as const }];
    const entry = { ...entryOf(book, changes), decided };
    expect(effectOf(7, entry, book)).toMatchObject({ bookIds: [7], retitledIds, topics });
  });
});
