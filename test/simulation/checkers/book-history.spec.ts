import { checkBooks } from './book-history.js';
import {
  FIRST,
  creation,
  entry,
  lookUp,
  notFound,
  oracleOf,
  restock,
  sale,
  unanswered,
  written,
} from './ledger.fixture.js';

const created = written(0, 1, creation('first', FIRST, 1), 0, FIRST);
const two = { ...FIRST, quantity: 2 };
const sold = sale('o1', 1);
const { oracle } = oracleOf(
  { entry: entry(1, sold), book: two },
  { entry: entry(2, restock('o2', 5)), book: { ...FIRST, quantity: 7 } },
);

const rules = (...items: ReturnType<typeof lookUp>[]) =>
  checkBooks([created, ...items], oracle).map(({ rule }) => rule);

describe('linearizability of a book from what clients saw', () => {
  it('accepts a sale and look-ups around it', () => {
    expect(
      rules(
        lookUp(2, 3, 0, FIRST),
        written(4, 9, sold, 1, two),
        lookUp(5, 6, 1, two),
        lookUp(10, 11, 1, two),
      ),
    ).toEqual([]);
  });

  it('catches an old quantity after the sale, whatever sequence number it bears', () => {
    expect(rules(written(2, 3, sold, 1, two), lookUp(4, 5, 1, FIRST))).toEqual(['not linearizable']);
  });

  it('catches more copies sold than there were', () => {
    const greedy = sale('o3', 3);
    expect(rules(written(2, 3, sold, 1, two), written(4, 5, greedy, 1, null))).toEqual(['not linearizable']);
  });

  it('catches the effect of a write that is in no ledger', () => {
    expect(
      rules(unanswered(2, restock('o9', 4).operation), lookUp(4, 5, 1, { ...FIRST, quantity: 7 })),
    ).toEqual(['not linearizable']);
    expect(
      rules(unanswered(2, restock('o2', 4).operation), lookUp(4, 5, 1, { ...FIRST, quantity: 7 })),
    ).toEqual([]);
  });

  it('catches a book that is gone', () => {
    expect(rules(notFound(2, 3))).toEqual(['not linearizable']);
  });
});
