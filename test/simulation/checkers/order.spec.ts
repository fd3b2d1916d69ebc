import {
  FIRST,
  creation,
  entry,
  lookUp,
  notFound,
  oracleOf,
  restock,
  retitle,
  sale,
  search,
  unanswered,
  written,
} from './ledger.fixture.js';
import { checkOrder } from './order.js';

const four = { ...FIRST, quantity: 4 };
const five = { ...FIRST, quantity: 5 };
const one = restock('o1', 1);
const two = restock('o2', 1);
const { oracle } = oracleOf({ entry: entry(1, one), book: four }, { entry: entry(2, two), book: five });

const rules = (...items: ReturnType<typeof lookUp>[]) => checkOrder(items, oracle).map(({ rule }) => rule);

describe('real-time order against the ledger', () => {
  it('accepts look-ups and writes that overlap', () => {
    expect(
      rules(
        written(0, 10, one, 1, four),
        lookUp(1, 5, 0, FIRST),
        lookUp(2, 6, 1, four),
        written(11, 20, two, 2, five),
        lookUp(21, 22, 2, five),
      ),
    ).toEqual([]);
  });

  it('catches a look-up that began after a write was acknowledged and does not show it', () => {
    expect(rules(written(0, 10, one, 1, four), lookUp(11, 12, 0, FIRST))).toEqual(['real-time order']);
  });

  it('catches a look-up older than one before it', () => {
    expect(rules(lookUp(0, 1, 1, four), lookUp(2, 3, 0, FIRST))).toEqual(['real-time order']);
  });

  it('catches a write that stands before one that was acknowledged when it began', () => {
    expect(rules(written(0, 1, two, 2, five), written(2, 3, one, 1, four))).toEqual(['real-time order']);
  });

  it('catches a look-up that shows an unanswered write before it was asked for', () => {
    expect(rules(lookUp(0, 1, 1, four), unanswered(2, one.operation))).toEqual(['real-time order']);
    expect(rules(unanswered(0, one.operation), lookUp(1, 2, 0, FIRST), lookUp(3, 4, 1, four))).toEqual([]);
  });

  it('catches a state that never was', () => {
    expect(rules(lookUp(0, 1, 1, { ...FIRST, quantity: 9 }))).toEqual(['real-time order']);
  });

  it('catches that a book is not found after its creation was acknowledged, or after it was seen', () => {
    const created = written(0, 5, creation('first', FIRST, 1), 0, FIRST);
    expect(rules(created, notFound(1, 2))).toEqual([]);
    expect(rules(created, notFound(6, 7))).toContain('real-time order');
    expect(rules(lookUp(0, 1, 0, FIRST), notFound(2, 3))).toContain('real-time order');
  });

  it('orders operations of one entry', () => {
    const batch = oracleOf({ entry: entry(1, one, sale('o3', 1)), book: FIRST }).oracle;
    const backwards = [written(0, 1, sale('o3', 1), 1, FIRST), written(2, 3, one, 1, FIRST)];
    expect(checkOrder(backwards, batch).map(({ rule }) => rule)).toEqual(['real-time order']);
  });
});

describe('searches against the ledger', () => {
  const renamed = { ...FIRST, title: 'Second' };
  const edit = retitle('o1', 'Second');
  const titles = oracleOf({ entry: entry(1, edit), book: renamed }).oracle;
  const found = (...items: ReturnType<typeof lookUp>[]) => checkOrder(items, titles).map(({ rule }) => rule);

  it('accepts old and new titles while the change is under way', () => {
    const change = written(0, 10, edit, 1, renamed);
    expect(
      found(change, search(1, 2, 'sys', FIRST), search(3, 4, 'SYS', renamed), search(5, 6, 'x')),
    ).toEqual([]);
  });

  it('catches an old title after the change was acknowledged, or after a look-up showed the new one', () => {
    expect(found(written(0, 10, edit, 1, renamed), search(11, 12, 'sys', FIRST))).toEqual(['stale search']);
    expect(found(lookUp(0, 10, 1, renamed), search(11, 12, 'sys', FIRST))).toEqual(['stale search']);
  });

  it('catches a search that misses a book created before it began', () => {
    const created = written(0, 5, creation('first', FIRST, 1), 0, FIRST);
    expect(found(created, search(1, 2, 'sys'))).toEqual([]);
    expect(found(created, search(6, 7, 'sys'))).toEqual(['stale search']);
  });

  it('catches a title that never was', () => {
    expect(found(search(0, 1, 'sys', { ...FIRST, title: 'Other' }))).toEqual(['stale search']);
  });
});
