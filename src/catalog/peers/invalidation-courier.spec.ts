import { monotonic as at } from '../../core/clocks.js';
import { type Invalidation } from '../../core/replication/invalidation.js';
import { InvalidationCourier } from './invalidation-courier.js';

function invalidation(id: string): Invalidation {
  return { id, bookIds: [1], retitledIds: [], topics: [], unknownIds: false, everySearch: false };
}

/** A courier with a clock, turns and a front-end that the test moves. */
function setUp({ maxWaiting = 100, maxBatch = 10 } = {}) {
  let now = 0;
  const timers: { at: number; action: () => void }[] = [];
  const turns: (() => void)[] = [];
  const requests: { ids: string[]; answer: (forgotten: readonly string[] | null) => void }[] = [];
  const acknowledged: string[] = [];
  let idle = 0;
  const courier = new InvalidationCourier(
    (batch) => new Promise((answer) => requests.push({ ids: batch.map(({ id }) => id), answer })),
    (id) => acknowledged.push(id),
    {
      monotonicMs: () => at(now),
      wallClockMs: () => 0,
      after: (delayMs, action) => {
        timers.push({ at: now + delayMs, action });
        return () => undefined;
      },
    },
    (action) => turns.push(action),
    { giveUpMs: 100, retryMs: 10, maxWaiting, maxBatch },
    () => idle++,
  );
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return {
    courier,
    requests,
    acknowledged,
    idle: () => idle,
    endTurn: () => turns.splice(0).forEach((action) => action()),
    answer: async (index: number, forgotten: readonly string[] | null) => {
      requests[index]?.answer(forgotten);
      await settle();
    },
    pass: async (ms: number) => {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      due.forEach((timer) => timers.splice(timers.indexOf(timer), 1));
      due.forEach(({ action }) => action());
      await settle();
    },
    sent: () => requests.map(({ ids }) => ids),
  };
}

describe('InvalidationCourier', () => {
  it('brings what gathers in one turn in one request, and tells what was acknowledged', async () => {
    const { courier, endTurn, answer, sent, acknowledged, idle } = setUp();
    courier.bring(invalidation('a'));
    courier.bring(invalidation('b'));
    endTurn();
    await answer(0, ['a', 'b']);
    expect(sent()).toEqual([['a', 'b']]);
    expect(acknowledged).toEqual(['a', 'b']);
    expect(idle()).toBe(1);
  });

  it('has one request under way and sends what came meanwhile with the next', async () => {
    const { courier, endTurn, answer, sent } = setUp();
    courier.bring(invalidation('a'));
    endTurn();
    courier.bring(invalidation('b'));
    courier.bring(invalidation('c'));
    endTurn();
    expect(sent()).toEqual([['a']]);
    await answer(0, ['a']);
    expect(sent()).toEqual([['a'], ['b', 'c']]);
  });

  it('sends again what was lost or not acknowledged, with what is new', async () => {
    const { courier, endTurn, answer, pass, sent, acknowledged } = setUp();
    courier.bring(invalidation('a'));
    courier.bring(invalidation('b'));
    endTurn();
    await answer(0, null);
    await pass(10);
    await answer(1, ['a']);
    courier.bring(invalidation('c'));
    await pass(10);
    await answer(2, ['b', 'c']);
    expect(sent()).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['b', 'c'],
    ]);
    expect(acknowledged).toEqual(['a', 'b', 'c']);
  });

  it('gives up once no session can still run', async () => {
    const { courier, endTurn, answer, pass, sent, idle } = setUp();
    courier.bring(invalidation('a'));
    endTurn();
    await answer(0, null);
    await pass(100);
    expect(sent()).toEqual([['a']]);
    expect(idle()).toBe(1);
  });

  it('ignores acknowledgements of what it did not bring', async () => {
    const { courier, endTurn, answer, acknowledged } = setUp();
    courier.bring(invalidation('a'));
    endTurn();
    await answer(0, ['z', 'a', 'a']);
    expect(acknowledged).toEqual(['a']);
  });

  it('bounds what waits by forgetting the oldest', async () => {
    const { courier, endTurn, sent } = setUp({ maxWaiting: 2 });
    for (const id of ['a', 'b', 'c']) courier.bring(invalidation(id));
    endTurn();
    expect(sent()).toEqual([['b', 'c']]);
    await Promise.resolve();
  });

  it('splits a long queue', async () => {
    const { courier, endTurn, answer, sent } = setUp({ maxBatch: 2 });
    for (const id of ['a', 'b', 'c']) courier.bring(invalidation(id));
    endTurn();
    await answer(0, ['a', 'b']);
    expect(sent()).toEqual([['a', 'b'], ['c']]);
  });
});
