import {
  type ConfirmAnswered,
  type HoldAnswered,
  type HoldAsked,
  type ReleaseAnswered,
  type SeenHold,
} from '../api/holds.js';
import { type Fetched } from '../api/shop.js';
import { type Hold, type Order } from '../api/types.js';
import { type Slot } from '../purchase/slot.js';
import { Checkout } from './checkout.js';
import { type OpenCheckout, openIn } from './open-checkout.js';

const ITEMS = [
  { bookId: 7, title: 'Spring', quantity: 2, price: 10 },
  { bookId: 8, title: 'Autumn', quantity: 1, price: 5 },
];
const HOLD: Hold = {
  holdId: 'h7-x',
  state: 'held',
  items: ITEMS.map((item) => ({ ...item, total: item.price * item.quantity })),
  total: 25,
  until: '2026-11-27T20:00:00.000Z',
};
const ORDER: Order = {
  orderId: 'o1',
  state: 'sold',
  items: [],
  total: 25,
  orderedAt: '2026-11-27T19:55:00.000Z',
  sequenceNumber: 4,
};
const HELD: HoldAnswered = { kind: 'held', hold: HOLD, aheadMs: 0 };
const BOUGHT: ConfirmAnswered = { kind: 'bought', order: ORDER };
const seen = (state: Hold['state']): Fetched<SeenHold> => ({
  kind: 'found',
  value: { hold: { ...HOLD, state }, aheadMs: 0 },
});

function setUp(answers: {
  place?: HoldAnswered[];
  confirm?: ConfirmAnswered[];
  release?: ReleaseAnswered[];
  look?: Fetched<SeenHold>[];
}) {
  const placed: HoldAsked[] = [];
  const calls: string[] = [];
  const told: string[] = [];
  let stored = 'null';
  const open: Slot<OpenCheckout | null> = {
    get: () => openIn(JSON.parse(stored)),
    set: (value) => void (stored = JSON.stringify(value)),
  };
  let keys = 0;
  const tab = () =>
    new Checkout({
      place: (asked) => {
        placed.push(asked);
        calls.push(`place, stored as ${open.get()?.doing}`);
        return Promise.resolve(answers.place?.shift() ?? { kind: 'unknown' });
      },
      confirm: (holdId) => {
        calls.push(`confirm ${holdId}, stored as ${open.get()?.doing}`);
        return Promise.resolve(answers.confirm?.shift() ?? { kind: 'unknown' });
      },
      release: (holdId) => {
        calls.push(`release ${holdId}, stored as ${open.get()?.doing}`);
        return Promise.resolve(answers.release?.shift() ?? { kind: 'unknown' });
      },
      look: () => Promise.resolve(answers.look?.shift() ?? { kind: 'failed', message: 'away' }),
      wait: () => Promise.resolve(),
      newKey: () => `key-${++keys}`,
      open,
      bought: ({ orderId }) => void told.push(orderId),
    });
  return { checkout: tab(), tab, placed, calls, told, open };
}

describe('Checkout', () => {
  test('holds, pays, and nothing is left open', async () => {
    const { checkout, placed, calls, told, open } = setUp({ place: [HELD], confirm: [BOUGHT] });
    await checkout.hold(ITEMS);
    expect(checkout.state).toEqual({ kind: 'held', hold: HOLD, aheadMs: 0 });
    expect(placed).toEqual([{ key: 'key-1', items: ITEMS, ttlSeconds: 600 }]);
    expect(open.get()).toMatchObject({ doing: 'nothing', key: 'key-1' });
    await checkout.pay();
    expect(checkout.state).toEqual({ kind: 'bought', order: ORDER });
    // Each was stored before it was sent.
    expect(calls).toEqual(['place, stored as holding', 'confirm h7-x, stored as paying']);
    expect(told).toEqual(['o1']);
    expect(open.get()).toBeNull();
    checkout.dismiss();
    expect(checkout.state).toEqual({ kind: 'none' });
  });

  test('double clicks hold once and pay once', async () => {
    const { checkout, calls } = setUp({ place: [HELD], confirm: [BOUGHT] });
    await Promise.all([checkout.hold(ITEMS), checkout.hold(ITEMS)]);
    await Promise.all([checkout.pay(), checkout.pay(), checkout.leave()]);
    expect(calls).toHaveLength(2);
  });

  test('asks under the same key until it knows, and a failure in between does not count as an end', async () => {
    const { checkout, placed } = setUp({
      place: [{ kind: 'unknown' }, { kind: 'not now', message: 'away' }, { kind: 'unknown' }, HELD],
    });
    await checkout.hold(ITEMS);
    expect(placed.map(({ key }) => key)).toEqual(['key-1', 'key-1', 'key-1', 'key-1']);
    expect(checkout.state.kind).toBe('held');
  });

  test('a first attempt that certainly did nothing ends it; the next has a key of its own', async () => {
    const { checkout, placed, open } = setUp({
      place: [{ kind: 'not now', message: 'The shop is away.' }, HELD],
    });
    await checkout.hold(ITEMS);
    expect(checkout.state).toEqual({ kind: 'failed', message: 'The shop is away. Nothing was held.' });
    expect(open.get()).toBeNull();
    await checkout.hold(ITEMS);
    expect(placed.map(({ key }) => key)).toEqual(['key-1', 'key-2']);
  });

  test('what was not to be had is told, each item', async () => {
    const lacking = [{ bookId: 7, reason: 'out of stock' as const, wanted: 2, left: 1 }];
    const { checkout, open } = setUp({ place: [{ kind: 'lacking', items: lacking }] });
    await checkout.hold(ITEMS);
    expect(checkout.state).toEqual({ kind: 'lacking', lacking, items: ITEMS });
    expect(open.get()).toBeNull();
  });

  test('a payment whose outcome is unknown is asked for again', async () => {
    const { checkout, calls } = setUp({
      place: [HELD],
      confirm: [{ kind: 'unknown' }, { kind: 'not now', message: 'busy' }, BOUGHT],
    });
    await checkout.hold(ITEMS);
    await checkout.pay();
    expect(checkout.state.kind).toBe('bought');
    expect(calls.filter((call) => call.startsWith('confirm'))).toHaveLength(3);
  });

  test.each([
    [{ kind: 'hold expired' }, 'ran out'],
    [{ kind: 'hold released' }, 'left'],
    [{ kind: 'refused', message: 'no such hold' }, 'failed'],
  ] as const)('paid, but %j: %s', async (answer, kind) => {
    const { checkout, told, open } = setUp({ place: [HELD], confirm: [answer] });
    await checkout.hold(ITEMS);
    await checkout.pay();
    expect(checkout.state.kind).toBe(kind);
    expect(told).toEqual([]);
    expect(open.get()).toBeNull();
  });

  test('leaving gives back, and so does the end of the time', async () => {
    const { checkout, calls } = setUp({
      place: [HELD, HELD],
      release: [{ kind: 'unknown' }, { kind: 'ended' }, { kind: 'ended' }],
    });
    await checkout.hold(ITEMS);
    await checkout.leave();
    expect(checkout.state).toEqual({ kind: 'left' });
    await checkout.hold(ITEMS);
    await checkout.timeIsUp();
    expect(checkout.state).toEqual({ kind: 'ran out', items: ITEMS });
    expect(calls.at(-1)).toBe('release h7-x, stored as running out');
  });

  test('what should be left but is sold already is an order', async () => {
    const { checkout, told } = setUp({
      place: [HELD],
      release: [{ kind: 'sold already' }],
      confirm: [BOUGHT],
    });
    await checkout.hold(ITEMS);
    await checkout.leave();
    expect(checkout.state).toEqual({ kind: 'bought', order: ORDER });
    expect(told).toEqual(['o1']);
  });

  test('stops asking after a bound, keeps the key, and asks again when told to', async () => {
    const place: HoldAnswered[] = [];
    const { checkout, placed, open } = setUp({ place });
    await checkout.hold(ITEMS);
    expect(checkout.state.kind).toBe('stalled');
    expect(placed).toHaveLength(40);
    expect(open.get()).toMatchObject({ key: 'key-1', doubtful: true });
    place.push(HELD);
    await checkout.askAgain();
    expect(checkout.state.kind).toBe('held');
    expect(new Set(placed.map(({ key }) => key))).toEqual(new Set(['key-1']));
  });
});

describe('Checkout after a reload', () => {
  test.each([
    ['held', 'held'],
    ['released', 'left'],
    ['expired', 'ran out'],
  ] as const)('a hold that is %s now: %s', async (state, kind) => {
    const { checkout, tab } = setUp({ place: [HELD], look: [seen(state)] });
    await checkout.hold(ITEMS);
    const reloaded = tab();
    await reloaded.resume();
    expect(reloaded.state.kind).toBe(kind);
  });

  test('what nobody knows any more has run out; who does not answer says nothing', async () => {
    const { checkout, tab } = setUp({
      place: [HELD],
      look: [{ kind: 'failed', message: 'away' }, { kind: 'missing' }],
    });
    await checkout.hold(ITEMS);
    const reloaded = tab();
    await reloaded.resume();
    expect(reloaded.state).toEqual({ kind: 'held', hold: HOLD, aheadMs: 0 });
    await reloaded.resume();
    expect(reloaded.state.kind).toBe('ran out');
  });

  test('a hold that was asked for is asked for under its key', async () => {
    const place: HoldAnswered[] = [];
    const { checkout, tab, placed } = setUp({ place });
    await checkout.hold(ITEMS);
    // Its first attempt may have arrived: one that fails now says nothing about it.
    place.push({ kind: 'not now', message: 'away' }, HELD);
    const reloaded = tab();
    await reloaded.resume();
    expect(reloaded.state.kind).toBe('held');
    expect(new Set(placed.map(({ key }) => key))).toEqual(new Set(['key-1']));
  });

  test.each([
    ['released', 'left'],
    ['expired', 'ran out'],
    ['confirmed', 'bought'],
  ] as const)('a hold that was asked for is %s by the time its answer comes: %s', async (state, kind) => {
    const { checkout, open } = setUp({
      place: [{ kind: 'unknown' }, { kind: 'held', hold: { ...HOLD, state }, aheadMs: 0 }],
      confirm: [BOUGHT],
    });
    await checkout.hold(ITEMS);
    expect(checkout.state.kind).toBe(kind);
    expect(open.get()).toBeNull();
  });

  test('a payment that was under way goes on', async () => {
    const confirm: ConfirmAnswered[] = [];
    const { checkout, tab, told } = setUp({ place: [HELD], confirm });
    await checkout.hold(ITEMS);
    await checkout.pay();
    expect(checkout.state.kind).toBe('stalled');
    confirm.push(BOUGHT);
    const reloaded = tab();
    await reloaded.resume();
    expect(reloaded.state.kind).toBe('bought');
    expect(told).toEqual(['o1']);
  });
});

describe('Checkout in two tabs', () => {
  test('the second does not hold another basket, and follows what the first does', async () => {
    const { checkout, tab, placed } = setUp({
      place: [HELD],
      look: [seen('held'), seen('confirmed')],
      confirm: [BOUGHT, BOUGHT],
    });
    await checkout.hold(ITEMS);
    const other = tab();
    await other.hold(ITEMS);
    expect(placed).toHaveLength(1);
    await other.resume();
    expect(other.state.kind).toBe('held');
    await checkout.pay();
    await other.resume();
    expect(other.state).toEqual({ kind: 'bought', order: ORDER });
  });

  test('left in one tab is left in the other, also when it would pay', async () => {
    const { checkout, tab, calls } = setUp({
      place: [HELD],
      look: [seen('held'), seen('released')],
      release: [{ kind: 'ended' }],
    });
    await checkout.hold(ITEMS);
    const other = tab();
    await other.resume();
    await checkout.leave();
    await other.pay();
    expect(other.state).toEqual({ kind: 'left' });
    expect(calls.filter((call) => call.startsWith('confirm'))).toEqual([]);
  });
});

describe('Checkout in a tab that is slow', () => {
  test('gives way to what another tab has begun since', async () => {
    const { checkout, tab, open } = setUp({ place: [{ kind: 'unknown' }, HELD], look: [seen('held')] });
    const other = tab();
    const slow = checkout.hold(ITEMS);
    // As if the other had ended the first checkout, and begun the next.
    const next: OpenCheckout = { key: 'key-9', items: ITEMS, doing: 'nothing', doubtful: false, seen: HELD };
    open.set(next);
    await slow;
    expect(checkout.state.kind).toBe('held');
    expect(open.get()).toEqual(next);
    await other.resume();
    // Nothing is written that is stored already: tabs would wake each other for ever.
    expect(open.get()).toEqual(next);
  });
});

describe('openIn', () => {
  test.each([
    null,
    3,
    [],
    {},
    { key: 'k', items: [], doing: 'something else', seen: null },
    { key: 'k', items: [], doing: 'paying', seen: null },
  ])('%j is nothing open', (stored) => {
    expect(openIn(stored)).toBeNull();
  });
});
