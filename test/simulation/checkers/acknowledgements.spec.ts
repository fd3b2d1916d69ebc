import { checkAcknowledgements } from './acknowledgements.js';
import { FIRST, entry, oracleOf, restock, unanswered, written } from './ledger.fixture.js';

const four = { ...FIRST, quantity: 4 };
const one = restock('o1', 1);
const { oracle } = oracleOf({ entry: entry(1, one), book: four });

const rules = (...items: ReturnType<typeof written>[]) =>
  checkAcknowledgements(items, oracle).map(({ rule }) => rule);

describe('acknowledgements', () => {
  it('accepts what the ledger holds, and indefinite writes either way', () => {
    expect(
      rules(
        written(0, 1, one, 1, four),
        unanswered(0, one.operation),
        unanswered(0, restock('o9', 1).operation),
      ),
    ).toEqual([]);
  });

  it('catches an acknowledged write that no ledger holds', () => {
    expect(rules(written(0, 1, restock('o2', 1), 2, null))).toEqual(['acknowledged write lost']);
  });

  it('catches an answer that differs from the stored outcome', () => {
    expect(rules(written(0, 1, { ...one, outcome: { kind: 'out of stock' } }, 1, four))).toEqual([
      'acknowledged write lost',
    ]);
  });

  it('catches a write that was refused for certain and is in the ledger', () => {
    expect(rules(unanswered(0, one.operation, 'refused'))).toEqual(['refused write applied']);
    expect(rules(unanswered(0, restock('o2', 1).operation, 'refused'))).toEqual([]);
  });

  it('catches an answer that shows the book before the write, or as it never was', () => {
    expect(rules(written(0, 1, one, 0, FIRST))).toEqual(['wrong fold']);
    expect(rules(written(0, 1, one, 1, FIRST))).toEqual(['wrong fold']);
  });
});
