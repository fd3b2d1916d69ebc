import { type Entry, type StoredRecord } from '../../../src/core/replication/types.js';
import { checkConvergence, type Remains } from './convergence.js';
import { FIRST, creation, entry, oracleOf, restock } from './ledger.fixture.js';

const created = creation('first', FIRST, 1);
const stocked = entry(1, restock('o1', 1));
const four = { ...FIRST, quantity: 4 };
const { oracle } = oracleOf({ entry: stocked, book: four });
const calm = { ready: true, pending: [], barred: [], waiting: 0 };

function remains(
  status: Partial<typeof calm>,
  record: Partial<StoredRecord> = {},
  ledger: Entry[] = [entry(0, created), stocked],
): Remains {
  const catalogue: StoredRecord = { committed: 1, version: 1, book: null, promised: null, pending: null };
  return {
    name: 'A',
    replica: { status: () => ({ ...calm, ...status }) },
    store: {
      record: (bookId) =>
        bookId === 0
          ? catalogue
          : { committed: 1, version: 1, book: four, promised: null, pending: null, ...record },
      entries: (bookId) => (bookId === 0 ? [entry(1, created)] : ledger),
    },
  };
}

const texts = (left: Remains) => checkConvergence([left], oracle).map(({ text }) => text);

describe('convergence', () => {
  it('accepts a replica that holds the whole ledger', () => {
    expect(texts(remains({}))).toEqual([]);
  });

  it('catches one that is down, not ready, or still at something', () => {
    expect(texts({ ...remains({}), replica: null })).toHaveLength(1);
    expect(texts(remains({ ready: false }))).toHaveLength(1);
    expect(texts(remains({ waiting: 1 }))).toHaveLength(1);
  });

  it('catches a missing entry, another book, another entry', () => {
    expect(texts(remains({}, { committed: 0, book: FIRST }, [entry(0, created)]))).toHaveLength(1);
    expect(texts(remains({}, { book: FIRST }))).toHaveLength(1);
    expect(texts(remains({}, {}, [entry(0, created), entry(1, restock('o2', 1))]))).toHaveLength(1);
  });
});
