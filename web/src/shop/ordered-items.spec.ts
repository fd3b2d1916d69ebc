import { type Order } from '../api/types.js';
import { copiesIn, itemsOf, namesOf } from './ordered-items.js';

const ITEM = { bookId: 7, title: 'Spring', quantity: 2, price: 10, total: 20, cancelled: 0 };
const ORDER: Order = {
  orderId: 'o1',
  state: 'sold',
  items: [ITEM, { ...ITEM, bookId: 8, title: 'Autumn', quantity: 1 }],
  total: 30,
  orderedAt: '2026-11-27T20:00:00.000Z',
  sequenceNumber: 3,
};

test('an order of several books', () => {
  expect(itemsOf(ORDER)).toBe(ORDER.items);
  expect(copiesIn(ORDER)).toBe(3);
  expect(namesOf(ORDER)).toBe('Spring and 1 more book');
});

test('an order that was kept before orders had items', () => {
  const { orderId, total, orderedAt, sequenceNumber } = ORDER;
  const one = { bookId: 7, title: 'Spring', quantity: 2, price: 15 };
  const order = { orderId, total, orderedAt, sequenceNumber, ...one } as Order;
  expect(itemsOf(order)).toEqual([{ ...ITEM, price: 15, total: 30 }]);
  expect(copiesIn(order)).toBe(2);
  expect(namesOf(order)).toBe('Spring');
});
