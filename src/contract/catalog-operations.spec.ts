import { parseOperations } from './catalog-operations.js';
import { MAX_OPERATIONS } from './internal.js';

const sale = { kind: 'sale', operationId: 'buy:1', copies: 2, expectedPriceCents: 2801 };
const edit = { kind: 'edit', operationId: 'e', changes: { priceCents: 1 }, expectedSequenceNumber: 0 };
const book = { title: 't', topic: 'x', priceCents: 0, quantity: 0, isbn: null, author: 'a' };
const create = { kind: 'create', operationId: 'c', book };
const restock = { kind: 'restock', operationId: 'r', copies: 1 };
const item = (operation: unknown, bookId: unknown = 1) => ({ bookId, operation });
const parse = (...operations: unknown[]) => parseOperations({ operations });

describe('parseOperations', () => {
  it('takes every kind', () => {
    const operations = [item(sale), item(edit, 2), item(restock), item(create, 0)];
    expect(parse(...operations)).toEqual({ operations });
  });

  it('fills what may be left out, and leaves unknown fields out', () => {
    const bare = { kind: 'sale', operationId: 'b', copies: 1, paid: true };
    expect(parse({ ...item(bare), more: 1 })).toEqual({
      operations: [item({ kind: 'sale', operationId: 'b', copies: 1, expectedPriceCents: null })],
    });
    expect(
      parse(item({ kind: 'create', operationId: 'c', book: { ...book, author: undefined } }, 0)),
    ).toEqual({
      operations: [item({ ...create, book: { ...book, author: null } }, 0)],
    });
  });

  it.each([
    ['no body', undefined],
    ['a list as body', []],
    ['no list', { operations: {} }],
    ['an empty list', { operations: [] }],
    ['too many', { operations: Array.from({ length: MAX_OPERATIONS + 1 }, () => item(sale)) }],
  ])('refuses %s', (_, body) => {
    expect(parseOperations(body)).toHaveProperty('mistake');
  });

  it.each([
    [item(null), 'operations[0].operation must be an object'],
    [null, 'operations[0] must be an object'],
    [item({ ...sale, kind: 'gift' }), 'operations[0].operation.kind must be create, edit, restock or sale'],
    [item({ ...sale, operationId: '' }), /operationId must be a text of 1 to 300/],
    [item({ ...sale, operationId: 'x'.repeat(301) }), /operationId/],
    [item({ ...sale, operationId: 'a\nb' }), /operationId must not hold control characters/],
    [item({ ...create, book: { ...book, title: 'half \ud83d' } }, 0), /title must not hold control/],
    [item({ ...sale, copies: 0 }), /copies must be a whole number from 1/],
    [item({ ...sale, copies: 1.5 }), /copies/],
    [item({ ...sale, copies: '1' }), /copies/],
    [item({ ...sale, expectedPriceCents: -1 }), /expectedPriceCents/],
    [item(sale, 0), /bookId must be a whole number from 1/],
    [item(sale, '1'), /bookId/],
    [item(create, 1), /bookId must be a whole number from 0 to 0/],
    [item({ ...edit, changes: {} }), /changes must hold at least one field/],
    [item({ ...edit, changes: { title: '' } }), /changes.title/],
    [item({ ...edit, changes: { quantity: 1e10 } }), /changes.quantity/],
    [item({ ...edit, changes: { priceCents: 1.5 } }), /changes.priceCents/],
    [item({ ...edit, expectedSequenceNumber: -1 }), /expectedSequenceNumber/],
    [item({ ...create, book: { ...book, title: 'x'.repeat(501) } }, 0), /book.title/],
    [item({ ...create, book: { ...book, isbn: 7 } }, 0), /book.isbn/],
    [item({ ...create, book: undefined }, 0), /book must be an object/],
    [item({ ...restock, copies: Infinity }), /copies/],
  ])('%j is refused: %s', (operation, mistake) => {
    expect(parse(operation)).toEqual({
      mistake: typeof mistake === 'string' ? mistake : expect.stringMatching(mistake),
    });
  });

  it('names the place in the list', () => {
    expect(parse(item(sale), item({ ...sale, copies: -1 }))).toEqual({
      mistake: expect.stringContaining('operations[1].operation.copies'),
    });
  });
});
