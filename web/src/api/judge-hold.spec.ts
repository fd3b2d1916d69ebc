import { judgeConfirmation, judgeHold, judgeRelease } from './holds.js';

const HOLD = { holdId: 'h2-x', state: 'held', items: [], total: 0, until: '2026-11-27T20:00:00.000Z' };

describe('judgeHold', () => {
  test.each([
    [201, HOLD, 'held'],
    [201, { ...HOLD, until: 'soon' }, 'unknown'],
    [201, null, 'unknown'],
    [409, { reason: 'out of stock', items: [{ bookId: 1 }] }, 'lacking'],
    [404, { reason: 'no such book', items: [{ bookId: 1 }] }, 'lacking'],
    [409, { message: 'another wish under this key' }, 'refused'],
    [404, { message: 'Not found' }, 'refused'],
    [422, { message: 'wrong' }, 'refused'],
    [429, {}, 'not now'],
    [504, { message: 'away' }, 'not now'],
    [504, { message: 'away', outcome: 'unknown' }, 'unknown'],
    [500, {}, 'unknown'],
    [502, null, 'unknown'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(judgeHold(status, body, 0).kind).toBe(kind);
  });
});

describe('judgeConfirmation', () => {
  test.each([
    [200, { orderId: 'o1' }, 'bought'],
    [200, null, 'unknown'],
    [409, { reason: 'hold expired' }, 'hold expired'],
    [409, { reason: 'hold released' }, 'hold released'],
    [409, { message: 'something else' }, 'refused'],
    [404, { message: 'no such hold' }, 'refused'],
    [429, {}, 'not now'],
    [504, { outcome: 'unknown' }, 'unknown'],
    [504, {}, 'not now'],
    [500, {}, 'unknown'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(judgeConfirmation(status, body).kind).toBe(kind);
  });
});

describe('judgeRelease', () => {
  test.each([
    [200, { ...HOLD, state: 'released' }, 'ended'],
    [200, { ...HOLD, state: 'expired' }, 'ended'],
    [404, { message: 'no such hold' }, 'ended'],
    [409, { reason: 'sold already', orderId: 'o1' }, 'sold already'],
    [429, {}, 'not now'],
    [504, { outcome: 'unknown' }, 'unknown'],
    [500, {}, 'unknown'],
  ])('%i %j is %s', (status, body, kind) => {
    expect(judgeRelease(status, body).kind).toBe(kind);
  });
});
