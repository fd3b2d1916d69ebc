import { ShopError } from './shop.error.js';
import { wantedItems } from './wanted-items.js';

describe('the lines of a basket', () => {
  it('are one for each book, in the order of their ids', () => {
    expect(
      wantedItems([
        { bookId: 7, quantity: 1 },
        { bookId: 2, quantity: 1, price: 1.5 },
        { bookId: 7, quantity: 3, price: 28.01 },
        { bookId: 2, quantity: 1, price: 1.5 },
      ]),
    ).toEqual([
      { bookId: 2, copies: 2, expectedPriceCents: 150 },
      { bookId: 7, copies: 4, expectedPriceCents: 2801 },
    ]);
  });

  it.each([
    [
      'two prices',
      [
        { bookId: 1, quantity: 1, price: 1 },
        { bookId: 1, quantity: 1, price: 2 },
      ],
      422,
    ],
    [
      'too many copies',
      [
        { bookId: 1, quantity: 1e9 },
        { bookId: 1, quantity: 1 },
      ],
      422,
    ],
    ['no such book', [{ bookId: 1e15, quantity: 1 }], 404],
  ])('may not be: %s', (code, items, status) => {
    const refusal = (): unknown => {
      try {
        return wantedItems(items);
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toBeInstanceOf(ShopError);
    expect(refusal()).toMatchObject({ code, status });
  });
});
