import { operationItem } from './operation-shapes.js';
import { Mistake } from './shapes.js';

const sale = { kind: 'sale', operationId: 'buy:1', copies: 2, expectedPriceCents: 2801 };
const edit = { kind: 'edit', operationId: 'e', changes: { priceCents: 1 }, expectedSequenceNumber: 0 };
const book = { title: 't', topic: 'x', priceCents: 0, quantity: 0, isbn: null, author: 'a' };
const create = { kind: 'create', operationId: 'c', book };
const restock = { kind: 'restock', operationId: 'r', copies: 1 };
const item = (operation: unknown, bookId: unknown = 1) => ({ bookId, operation });

describe('an operation as it is asked for', () => {
  it.each([item(sale), item(edit, 2), item(restock), item(create, 0)])('is %j', (given) => {
    expect(operationItem(given)).toEqual(given);
  });

  it('has no fields but its own', () => {
    expect(operationItem({ ...item({ ...sale, paid: true }), more: 1 })).toEqual(item(sale));
  });

  it.each([
    [undefined, 'must be an object'],
    [[], 'must be an object'],
    [item(null), 'operation must be an object'],
    [item({ ...sale, kind: 'gift' }), /^operation\.kind must be one of create, edit, restock, sale/],
    [item({ ...sale, operationId: '' }), /operationId must be a text of 1 to 300/],
    [item({ ...sale, operationId: 'x'.repeat(301) }), /operationId/],
    [item({ ...sale, operationId: 'a\nb' }), /operationId must not hold control characters/],
    [item({ ...create, book: { ...book, title: 'half \ud83d' } }, 0), /title must not hold control/],
    [item({ ...sale, copies: 0 }), /copies must be a whole number from 1/],
    [item({ ...sale, copies: 1.5 }), /copies/],
    [item({ ...sale, copies: '1' }), /copies/],
    [item({ ...sale, expectedPriceCents: -1 }), /expectedPriceCents/],
    [item({ ...sale, expectedPriceCents: undefined }), /expectedPriceCents/],
    [item(sale, 0), /^bookId must be 1 or more/],
    [item(sale, '1'), /bookId/],
    [item(create, 1), /^bookId must be 0 for a creation/],
    [item({ ...edit, changes: {} }), /^operation\.changes must hold at least one field/],
    [item({ ...edit, changes: { title: '' } }), /changes.title/],
    [item({ ...edit, changes: { quantity: 1e10 } }), /changes.quantity/],
    [item({ ...edit, changes: { priceCents: 1.5 } }), /changes.priceCents/],
    [item({ ...edit, expectedSequenceNumber: -1 }), /expectedSequenceNumber/],
    [item({ ...create, book: { ...book, title: 'x'.repeat(501) } }, 0), /book.title/],
    [item({ ...create, book: { ...book, isbn: 7 } }, 0), /book.isbn/],
    [item({ ...create, book: undefined }, 0), /book must be an object/],
    [item({ ...restock, copies: Infinity }), /copies/],
  ])('is not %j: %s', (given, mistake) => {
    expect(() => operationItem(given)).toThrow(Mistake);
    expect(() => operationItem(given)).toThrow(mistake);
  });
});
