import { type Operation } from '../core/replication/types.js';
import { neededFor, OPERATION_KINDS, signedAt } from './catalog-operations.js';

const edit = (changes: object, more: object = {}): Operation => ({
  kind: 'edit',
  operationId: 'e',
  changes,
  expectedSequenceNumber: null,
  ...more,
});

describe('what all who store an operation have to understand', () => {
  it.each<[Operation, string[]]>([
    [edit({ title: 'T', topic: 'S', priceCents: 1, quantity: 1 }), ['edit']],
    [edit({ title: 'T', author: null }), ['edit', 'edit.author']],
    [edit({ isbn: 'A-1' }, { claim: { key: 'k', number: 1 } }), ['edit', 'edit.isbn', 'edit.claim']],
    [edit({ hidden: false }), ['edit', 'edit.hidden']],
    [{ kind: 'claim', operationId: 'c', bookId: 1, key: 'k' }, ['claim']],
    [{ kind: 'restock', operationId: 'r', copies: 1, by: 'Ada' }, ['restock']],
  ])('of %j is %j', (operation, names) => {
    expect(neededFor(operation)).toEqual(names);
    expect(OPERATION_KINDS).toEqual(expect.arrayContaining(names));
  });
});

describe('who asked, and when', () => {
  const restock: Operation = { kind: 'restock', operationId: 'r', copies: 1 };

  it('is stored where all understand it, and left out where not', () => {
    expect(signedAt({ ...restock, by: 'Ada' }, 5, true)).toEqual({ ...restock, by: 'Ada', at: 5 });
    expect(signedAt(restock, 5, true)).toEqual({ ...restock, at: 5 });
    expect(signedAt({ ...restock, by: 'Ada', at: 3 }, 5, false)).toEqual(restock);
  });

  it('is nothing that buyers are asked for', () => {
    const sale: Operation = { kind: 'sale', operationId: 's', copies: 1, expectedPriceCents: null };
    expect(signedAt(sale, 5, true)).toBe(sale);
  });
});
