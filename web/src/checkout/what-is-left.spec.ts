import { whatIsLeft } from './what-is-left.js';

const ITEM = { bookId: 7, title: 'Spring', quantity: 30, price: 10 };
const OTHER = { bookId: 8, title: 'Autumn', quantity: 1, price: 5 };

test.each([
  ['fewer copies', { reason: 'out of stock' as const, left: 25 }, { quantity: 25, price: 10 }],
  [
    'fewer copies, dearer',
    { reason: 'out of stock' as const, left: 25, price: 12 },
    { quantity: 25, price: 12 },
  ],
  ['dearer', { reason: 'price changed' as const, price: 12 }, { quantity: 30, price: 12 }],
  [
    'dearer, more than wanted left',
    { reason: 'price changed' as const, left: 40, price: 12 },
    { quantity: 30, price: 12 },
  ],
])('%s', (_, lacks, expected) => {
  expect(whatIsLeft([ITEM, OTHER], [{ bookId: 7, wanted: 30, ...lacks }])).toEqual([
    { ...ITEM, ...expected },
    OTHER,
  ]);
});

test.each([
  ['none left', { reason: 'out of stock' as const, left: 0 }],
  ['not said', { reason: 'out of stock' as const }],
  ['gone', { reason: 'no such book' as const }],
])('%s: the others stay', (_, lacks) => {
  expect(whatIsLeft([ITEM, OTHER], [{ bookId: 7, wanted: 30, ...lacks }])).toEqual([OTHER]);
});
