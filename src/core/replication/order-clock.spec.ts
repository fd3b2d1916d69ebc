import { VirtualCluster } from '../../../test/support/virtual-cluster.js';
import { OrderClock } from './order-clock.js';
import { CATALOGUE } from './types.js';

const NOON = 1_800_000_000_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const RANDOM = 'r'.repeat(25);

describe('the beginning of order ids', () => {
  it('rises with every order, also when the wall clock is set back', () => {
    const clock = new OrderClock();
    const given = [NOON, NOON, NOON + 1, NOON + 1 - HOUR, NOON - HOUR, NOON + 2].map((at) => clock.next(at));
    expect([...given].sort()).toEqual(given);
    expect(new Set(given).size).toBe(given.length);
  });

  it.each([
    ['as they are now', new OrderClock().next(NOON) + RANDOM],
    ['without a count', NOON.toString(36).padStart(9, '0') + RANDOM],
    ['at the end of a count', `${NOON.toString(36).padStart(9, '0')}zzzz${RANDOM}`],
  ])('stands above ids that were seen, %s', (_, seen) => {
    const clock = new OrderClock();
    clock.saw(seen);
    const next = clock.next(NOON - HOUR);
    expect(next > seen).toBe(true);
    expect(next).toHaveLength(13);
  });

  it.each([RANDOM, `${'-'.repeat(9)}${RANDOM}`])('takes nothing from %s, which says no time', (orderId) => {
    const clock = new OrderClock();
    clock.saw(orderId);
    expect(clock.next(NOON)).toBe(new OrderClock().next(NOON));
  });
});

describe('order ids of several replicas', () => {
  it('sort as the orders were accepted, with a clock set back and after a start', () => {
    const cluster = new VirtualCluster(3, { tokenLength: 25 });
    cluster.ready();
    const book = {
      title: 'Xen',
      topic: 'Systems',
      priceCents: 1_500,
      quantity: 99,
      isbn: null,
      author: null,
    };
    cluster.submit(0, CATALOGUE, { kind: 'create', operationId: 'create', book });
    const sell = (position: number, operationId: string): string => {
      const sale = { kind: 'sale', operationId, copies: 1, expectedPriceCents: null } as const;
      const result = cluster.submit(position, 1, sale);
      const outcome = result.kind === 'decided' ? result.outcome : undefined;
      return outcome?.kind === 'sold' ? outcome.orderId : '';
    };
    const orders = [sell(0, 'a')];
    // A clock that jumps is taken for a suspended machine: its leases are renewed first.
    const setBack = (position: number): void => {
      cluster.wallClockBehindMs[position] = MINUTE;
      cluster.run(1_000);
      cluster.ready();
    };
    setBack(1);
    orders.push(sell(1, 'b'), sell(0, 'c'));
    setBack(0);
    setBack(2);
    orders.push(sell(0, 'd'), sell(2, 'e'));
    cluster.settled().synced();
    for (const position of [0, 1, 2]) cluster.crash(position);
    for (const position of [0, 1, 2]) cluster.start(position);
    cluster.ready();
    orders.push(sell(2, 'f'), sell(1, 'g'));
    expect(orders).not.toContain('');
    expect([...orders].sort()).toEqual(orders);
  });
});
