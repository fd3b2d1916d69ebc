import { FIRST, entry, oracleOf, restock, retitle, sale } from './ledger.fixture.js';

const rulesOf = (violations: readonly { rule: string }[]) => violations.map(({ rule }) => rule);

describe('the ledger oracle', () => {
  it('accepts a ledger whose outcomes follow, however often its entries are committed', () => {
    const sold = { entry: entry(1, sale('o1', 2)), book: { ...FIRST, quantity: 1 } };
    const { oracle, violations } = oracleOf(sold);
    oracle.commits('B', 1, sold.entry, sold.book);
    oracle.commits('A', 1, entry(1, sale('o1', 2)), sold.book);
    expect(violations).toEqual([]);
    expect(oracle.places.get('o1')).toMatchObject({ bookId: 1, sequenceNumber: 1, index: 0 });
  });

  it('catches an entry decided twice', () => {
    const { oracle, violations } = oracleOf({
      entry: entry(1, restock('o1', 1)),
      book: { ...FIRST, quantity: 4 },
    });
    oracle.commits('B', 1, entry(1, restock('o2', 1)), { ...FIRST, quantity: 4 });
    expect(rulesOf(violations)).toEqual(['decided twice']);
  });

  it('catches another origin under the same number', () => {
    const { oracle, violations } = oracleOf({
      entry: entry(1, restock('o1', 1)),
      book: { ...FIRST, quantity: 4 },
    });
    const other = { ...entry(1, restock('o1', 1)), origin: { round: 2, replicaId: 'r', startNumber: 1 } };
    oracle.commits('B', 1, other, { ...FIRST, quantity: 4 });
    expect(rulesOf(violations)).toEqual(['decided twice']);
  });

  it('catches an entry that skips a number', () => {
    const { violations } = oracleOf({ entry: entry(2, restock('o1', 1)), book: { ...FIRST, quantity: 4 } });
    expect(rulesOf(violations)).toEqual(['decided twice']);
  });

  it('catches a replica that makes another book of an entry', () => {
    const { violations } = oracleOf({ entry: entry(1, restock('o1', 1)), book: FIRST });
    expect(rulesOf(violations)).toEqual(['wrong fold']);
  });

  it('catches an operation applied twice', () => {
    const { violations } = oracleOf(
      { entry: entry(1, restock('o1', 1)), book: { ...FIRST, quantity: 4 } },
      { entry: entry(2, restock('o1', 1)), book: { ...FIRST, quantity: 5 } },
    );
    expect(rulesOf(violations)).toEqual(['operation applied twice']);
  });

  it('catches more copies sold than there are', () => {
    const { violations } = oracleOf({ entry: entry(1, sale('o1', 4)), book: { ...FIRST, quantity: -1 } });
    expect(rulesOf(violations)).toContain('wrong outcome');
  });

  it('catches a sale refused though there were copies', () => {
    const { violations } = oracleOf({ entry: entry(1, sale('o1', 3, 'out of stock')), book: FIRST });
    expect(rulesOf(violations)).toEqual(['wrong outcome']);
  });

  it('catches a precondition that had not held, also within one entry', () => {
    const edited = { ...FIRST, title: 'Second' };
    const old = oracleOf({ entry: entry(1, retitle('o1', 'Second', 5)), book: edited });
    expect(rulesOf(old.violations)).toContain('wrong outcome');
    const batch = entry(1, restock('o0', 1), retitle('o1', 'Second', 0));
    expect(rulesOf(oracleOf({ entry: batch, book: { ...edited, quantity: 4 } }).violations)).toContain(
      'wrong outcome',
    );
    const fine = entry(1, retitle('o1', 'Second', 0), restock('o0', 1));
    expect(oracleOf({ entry: fine, book: { ...edited, quantity: 4 } }).violations).toEqual([]);
  });
});
