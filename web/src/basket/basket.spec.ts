import { type Book } from '../api/types.js';
import { type Slot } from '../purchase/slot.js';
import { Basket, type BasketLine, linesIn, MOST_LINES } from './basket.js';

const BOOK: Book = { id: 7, title: 'Spring', topic: 'Life', quantity: 3, price: 10, sequenceNumber: 1 };
const LINE: BasketLine = { bookId: 7, title: 'Spring', price: 10, quantity: 1 };

function slotInMemory(): Slot<readonly BasketLine[]> {
  let stored = '[]';
  return {
    get: () => linesIn(JSON.parse(stored)),
    set: (value) => void (stored = JSON.stringify(value)),
  };
}

describe('Basket', () => {
  test('copies of one book are added up, never beyond what is left', () => {
    const basket = new Basket(slotInMemory());
    expect(basket.add(BOOK, 2)).toBe('added');
    expect(basket.add(BOOK, 2)).toBe('added');
    expect(basket.lines()).toEqual([{ ...LINE, quantity: 3 }]);
    expect(basket.add(BOOK, 1)).toBe('all there are');
    expect(basket.add({ ...BOOK, id: 8, quantity: 0 }, 1)).toBe('all there are');
    expect(basket.copiesOf(7)).toBe(3);
    expect(basket.copiesOf(8)).toBe(0);
  });

  test('a book added again has the price that is seen now', () => {
    const basket = new Basket(slotInMemory());
    basket.add(BOOK, 1);
    basket.add({ ...BOOK, price: 12 }, 1);
    expect(basket.lines()).toEqual([{ ...LINE, price: 12, quantity: 2 }]);
  });

  test('it has a bound, and another copy of what is there still fits', () => {
    const basket = new Basket(slotInMemory());
    for (let id = 1; id <= MOST_LINES; id++) expect(basket.add({ ...BOOK, id }, 1)).toBe('added');
    expect(basket.add({ ...BOOK, id: 1_000 }, 1)).toBe('full');
    expect(basket.add({ ...BOOK, id: 1 }, 1)).toBe('added');
    expect(basket.lines()).toHaveLength(MOST_LINES);
  });

  test('lines keep their places, and go with their last copy', () => {
    const basket = new Basket(slotInMemory());
    basket.add(BOOK, 2);
    basket.add({ ...BOOK, id: 8 }, 1);
    basket.change(7, { quantity: 1, price: 11 });
    expect(basket.lines().map(({ bookId, price }) => [bookId, price])).toEqual([
      [7, 11],
      [8, 10],
    ]);
    basket.change(7, { quantity: 0 });
    expect(basket.lines().map(({ bookId }) => bookId)).toEqual([8]);
  });

  test('what was bought goes, what was added since stays', () => {
    const basket = new Basket(slotInMemory());
    basket.add(BOOK, 3);
    basket.add({ ...BOOK, id: 8 }, 1);
    basket.take([
      { bookId: 7, quantity: 2 },
      { bookId: 9, quantity: 1 },
    ]);
    expect(basket.lines().map(({ bookId, quantity }) => [bookId, quantity])).toEqual([
      [7, 1],
      [8, 1],
    ]);
  });

  test('two tabs on one storage do not undo each other', () => {
    const slot = slotInMemory();
    const [one, other] = [new Basket(slot), new Basket(slot)];
    one.add(BOOK, 1);
    other.add({ ...BOOK, id: 8 }, 1);
    one.add({ ...BOOK, id: 9 }, 1);
    expect(other.lines().map(({ bookId }) => bookId)).toEqual([7, 8, 9]);
  });

  test('tells of each change until nobody listens', () => {
    const basket = new Basket(slotInMemory());
    let told = 0;
    const leave = basket.subscribe(() => (told += 1));
    basket.add(BOOK, 1);
    basket.changed();
    expect(told).toBe(2);
    leave();
    basket.add(BOOK, 1);
    expect(told).toBe(2);
  });
});

describe('linesIn', () => {
  test.each([
    ['nothing', null],
    ['another shape', { bookId: 7 }],
    ['a text', 'books'],
    [
      'lines without what is needed',
      [{ bookId: 7 }, null, 3, { ...LINE, quantity: 0 }, { ...LINE, price: null }],
    ],
  ])('%s is an empty basket', (_, stored) => {
    expect(linesIn(stored)).toEqual([]);
  });

  test('the good lines stay, one for each book, as many as fit', () => {
    expect(linesIn([LINE, { ...LINE, quantity: 2 }, { bookId: 1 }])).toEqual([LINE]);
    const many = Array.from({ length: MOST_LINES + 5 }, (_, index) => ({ ...LINE, bookId: index + 1 }));
    expect(linesIn(many)).toHaveLength(MOST_LINES);
  });
});
