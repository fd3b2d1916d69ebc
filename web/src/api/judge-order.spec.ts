import { judgeOrder } from './shop.js';

describe('judgeOrder', () => {
  const order = { orderId: 'o1' };
  test.each([
    [201, order, 'bought'],
    [201, null, 'unknown'],
    [409, { reason: 'out of stock', book: { id: 1 } }, 'out of stock'],
    [409, { reason: 'price changed', book: { id: 1 } }, 'price changed'],
    [409, { message: 'another reason' }, 'refused'],
    [404, { message: 'no such book' }, 'refused'],
    [422, { message: 'wrong' }, 'refused'],
    [429, {}, 'not now'],
    [504, { message: 'away' }, 'not now'],
    [504, { message: 'away', outcome: 'unknown' }, 'unknown'],
    [503, {}, 'not now'],
    [500, { message: 'Internal server error' }, 'unknown'],
    [502, null, 'unknown'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(judgeOrder(status, body).kind).toBe(kind);
  });
});
