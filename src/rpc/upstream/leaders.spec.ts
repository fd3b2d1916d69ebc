import { type Attempt } from '../../core/balancing/fail-over.js';
import { type Operation } from '../../core/replication/types.js';
import { Leaders } from './leaders.js';

const ENDPOINTS = ['http://one', 'http://two', 'http://three'];
const sale: Operation = {
  kind: 'sale',
  operationId: 's',
  copies: 1,
  expectedPriceCents: null,
};
const operations = [4, 5].map((bookId) => ({ bookId, operation: sale }));
const from = (endpoint: string) => ({ endpoint }) as Attempt;

function leaders(): Leaders {
  return new Leaders(ENDPOINTS, (endpoint) => (endpoint === 'http://two' ? 'inside-two' : null));
}

describe('Leaders', () => {
  it('asks whoever answered without naming another, and whom it named', async () => {
    const learning = leaders();
    const elsewhere = [{ at: 1, leader: 'inside-two' }];
    const ask = learning.hearing(operations, () =>
      Promise.resolve({ kind: 'answered', answer: { results: [], elsewhere } }),
    );
    await ask(from('http://three'));
    expect(learning.turnsFor(4)[0]).toBe('http://three');
    expect(learning.turnsFor(5)[0]).toBe('http://two');
    expect([...learning.turnsFor(5)].sort()).toEqual([...ENDPOINTS].sort());
  });

  it('learns nothing of a catalog that it does not know by that name, nor without an answer', async () => {
    const learning = leaders();
    const before = [4, 5].map((bookId) => learning.turnsFor(bookId));
    learning.learned(4, 'http://one', 'inside-four');
    const said = { kind: 'refused', reason: 'ECONNREFUSED' } as const;
    const asked = learning.hearing(operations, () => Promise.resolve(said));
    for (const endpoint of ENDPOINTS) expect(await asked(from(endpoint))).toBe(said);
    expect([4, 5].map((bookId) => learning.turnsFor(bookId))).toEqual(before);
  });
});
