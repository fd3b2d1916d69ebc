import { type RangeSum } from '../../contract/observation.js';
import { booksThatDiffer, rangesThatDiffer, staleAmong } from './comparison.js';

const answers = (...numbers: (number | null)[]) =>
  numbers.map((sequenceNumber, index) => ({ place: `p${index}`, sequenceNumber }));
const sum = (range: number, checksum: number, committed = 9): RangeSum => ({
  range,
  books: 3,
  checked: 3,
  committed,
  checksum,
  oversold: 0,
});

describe('comparing answers', () => {
  it.each<[(number | null)[], string[]]>([
    [[], []],
    [[3, 3, 4, 4], []],
    [[null, 0, 1], []],
    [
      [3, 4, 3, 5, 4],
      ['p2', 'p4'],
    ],
    [[0, null], ['p1']],
  ])('of %j are stale: %j', (numbers, places) => {
    expect(staleAmong(answers(...numbers)).map(({ place }) => place)).toEqual(places);
  });
});

describe('comparing catalogs', () => {
  it('looks closer at ranges whose sums differ, or that one lacks', () => {
    expect(
      rangesThatDiffer([
        [sum(0, 7), sum(1, 8)],
        [sum(0, 7), sum(1, 8)],
      ]),
    ).toEqual([]);
    expect(
      rangesThatDiffer([
        [sum(0, 7), sum(1, 8)],
        [sum(0, 7), sum(1, 9)],
      ]),
    ).toEqual([1]);
    expect(rangesThatDiffer([[sum(0, 7, 8)], [sum(0, 7, 9)]])).toEqual([0]);
    expect(rangesThatDiffer([[sum(0, 7), sum(1, 8)], [sum(0, 7)]])).toEqual([1]);
  });

  it('finds books that are not the same at the same number; one that lags is at another', () => {
    const catalog = (...books: [number, number, number | null][]) => ({
      books: books.map(([id, committed, checksum]) => ({ id, committed, checksum })),
    });
    expect(booksThatDiffer([catalog([1, 4, 7], [2, 3, 5]), catalog([1, 5, 8], [2, 3, 5])])).toEqual([]);
    expect(booksThatDiffer([catalog([1, 4, 7]), catalog([1, 4, 8]), catalog([1, 4, 7])])).toEqual([1]);
    // Of an older file.
    expect(booksThatDiffer([catalog([1, 4, 7]), catalog([1, 4, null])])).toEqual([]);
  });
});
