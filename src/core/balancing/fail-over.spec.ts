import { monotonic as at } from '../clocks.js';
import { type Failure } from './endpoint-health.js';
import { failOver, type FailOverTimes, type OtherAttempts, type Verdict } from './fail-over.js';
import { HedgeBudget } from './hedge-budget.js';
import { HedgeDelay } from './hedge-delay.js';
import { ReplicaSelector, type Turns } from './replica-selector.js';
import { RetryBudget } from './retry-budget.js';
import { VirtualClock, virtualUpstream } from '../../../test/support/virtual-clock.js';

type Word = Failure | 'decided' | 'not started' | 'no such book' | 'throws';
/** What an endpoint answers each time it is asked (the last for ever), and after how long. */
type Script = Readonly<Record<string, readonly (readonly [answer: Word, afterMs: number])[]>>;

const HEDGE_MS = 40;
const TIMES: FailOverTimes = { attemptMs: 100, totalMs: 1000, againAfter: ['not ready'], patienceMs: 1000 };

interface Options {
  readonly times?: Partial<FailOverTimes>;
  readonly hedged?: boolean;
  readonly turns?: Turns;
  readonly selector?: ReplicaSelector;
  readonly retries?: RetryBudget;
  readonly hedges?: HedgeBudget;
  readonly clock?: VirtualClock;
}

/** As a write is judged: what is not decided is told, "no such book" only when no other attempt can still come to it. */
function judge(answer: Word, { underWay, mayHaveHappened }: OtherAttempts): Verdict<string> {
  switch (answer) {
    case 'decided':
      return { kind: 'done', value: answer };
    case 'no such book':
      if (!underWay && !mayHaveHappened) return { kind: 'done', value: answer };
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
    case 'not started':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: false, said: answer };
    case 'throws':
      throw new Error('a fault of this release');
    default:
      return { kind: 'try another', failure: answer, mayHaveHappened: answer === 'lost' };
  }
}

async function play(script: Script, options: Options = {}) {
  const clock = options.clock ?? new VirtualClock();
  const asked: string[] = [];
  const given: number[] = [];
  const cancelled: string[] = [];
  const heard: string[] = [];
  const turnOf = new Map<string, number>();
  const ask = ({
    endpoint,
    timeoutMs,
    whenAbandoned,
  }: {
    endpoint: string;
    timeoutMs: number;
    whenAbandoned: (listener: () => void) => void;
  }) =>
    new Promise<Word>((resolve) => {
      asked.push(`${endpoint}${Math.round(clock.now)}`);
      given.push(timeoutMs);
      const lines = script[endpoint] ?? [];
      const turn = turnOf.get(endpoint) ?? 0;
      turnOf.set(endpoint, turn + 1);
      const [answer, afterMs] = lines[Math.min(turn, lines.length - 1)] ?? (['refused', 0] as const);
      const cancel = clock.after(Math.min(afterMs, timeoutMs), () =>
        resolve(afterMs > timeoutMs ? 'lost' : answer),
      );
      whenAbandoned(() => {
        cancelled.push(endpoint);
        cancel();
      });
    });
  const beganAt = clock.now;
  const outcome = failOver(
    {
      selector: options.selector ?? new ReplicaSelector(Object.keys(script)),
      retries: options.retries ?? new RetryBudget(),
      hedges: options.hedges ?? new HedgeBudget(),
      clock,
      random: { fraction: () => 0 },
      observer: {
        failed: (failure) => heard.push(failure),
        hedged: () => heard.push('hedged'),
        retried: () => heard.push('retried'),
        budgetRefused: (what) => heard.push(`no budget to ${what}`),
      },
    },
    {
      ask,
      judge,
      times: { ...TIMES, ...options.times },
      turns: options.turns ?? 'the first',
      hedging:
        options.hedged === true
          ? new HedgeDelay({ floorMs: 1, firstMs: HEDGE_MS, attemptMs: TIMES.attemptMs })
          : null,
    },
  ).then(
    (reached) => (reached.kind === 'done' ? reached.value : reached),
    (error: unknown) => String(error),
  );
  await clock.run();
  return {
    outcome: await outcome,
    asked: asked.join(' '),
    given,
    cancelled: cancelled.join(''),
    heard,
    tookMs: clock.now - beganAt,
  };
}

const unreachable = (mayHaveHappened: boolean, said: string | null = null, overloaded = false) => ({
  kind: 'unreachable',
  mayHaveHappened,
  overloaded,
  said,
});

function spentHedges(): HedgeBudget {
  const budget = new HedgeBudget();
  // Much is under way: time gives none back.
  for (let request = 0; request < 100; request += 1) budget.began();
  while (budget.take(at(0)));
  return budget;
}

function spent(): RetryBudget {
  const budget = new RetryBudget();
  for (let token = 0; token < 100; token += 1) budget.take(at(0));
  return budget;
}

describe('failOver', () => {
  it.each<[string, Script, Options, string, unknown]>([
    ['asks nobody without endpoints', {}, {}, '', unreachable(false)],
    ['asks the first that serves', { a: [['decided', 1]], b: [['decided', 1]] }, {}, 'a0', 'decided'],
    ['asks the next after a refusal', { a: [['refused', 1]], b: [['decided', 1]] }, {}, 'a0 b1', 'decided'],
    ['asks the next after silence', { a: [['decided', 500]], b: [['decided', 1]] }, {}, 'a0 b100', 'decided'],
    [
      'asks nobody else when all refuse',
      { a: [['refused', 1]], b: [['refused', 1]] },
      {},
      'a0 b1',
      unreachable(false),
    ],
    [
      'tells when one of them may have done it',
      { a: [['lost', 1]], b: [['refused', 1]] },
      {},
      'a0 b1',
      unreachable(true),
    ],
    [
      'asks all again, in pauses that grow, when one was not ready',
      {
        a: [
          ['not started', 0],
          ['not started', 0],
          ['decided', 0],
        ],
        b: [['refused', 0]],
      },
      {},
      // Who refused comes last, and so does, for a moment, who was not ready.
      'a0 b0 a3 b3 a8',
      'decided',
    ],
    [
      'asks again after what it is told to',
      {
        a: [
          ['lost', 1],
          ['decided', 1],
        ],
      },
      { times: { againAfter: ['lost'] } },
      'a0 a4',
      'decided',
    ],
    [
      'asks again no longer than its patience',
      { a: [['not started', 0]] },
      { times: { patienceMs: 20 } },
      'a0 a3 a8 a18',
      unreachable(false, 'not started'),
    ],
    [
      'tells what was said last',
      { a: [['not started', 1]], b: [['refused', 1]] },
      { times: { patienceMs: 0 } },
      'a0 b1',
      unreachable(false, 'not started'),
    ],
    [
      'asks the next after one with too much to do',
      { a: [['overloaded', 1]], b: [['decided', 1]] },
      {},
      'a0 b1',
      'decided',
    ],
    [
      'asks nobody again when all have too much to do',
      { a: [['overloaded', 1]], b: [['overloaded', 1]] },
      {},
      'a0 b1',
      unreachable(false, null, true),
    ],
    [
      'waits for no budget when it was told that there is too much to do',
      { a: [['overloaded', 1]], b: [['decided', 1]] },
      { retries: spent() },
      'a0',
      unreachable(false, null, true),
    ],
    [
      'passes on what a judge throws',
      { a: [['throws', 1]], b: [['decided', 1]] },
      {},
      'a0',
      'Error: a fault of this release',
    ],
  ])('%s', async (_, script, options, asked, outcome) => {
    const played = await play(script, options);
    expect([played.asked, played.outcome]).toEqual([asked, outcome]);
  });

  it('gives no attempt more than its bound, nor all together more than theirs', async () => {
    const silent: Script = { a: [['decided', 9000]], b: [['decided', 9000]], c: [['decided', 9000]] };
    const { given, tookMs, outcome } = await play(silent, { times: { attemptMs: 400 } });
    expect([given, tookMs, outcome]).toEqual([[400, 400, 200], 1000, unreachable(true)]);
  });

  it('takes turns', async () => {
    const script: Script = { a: [['decided', 1]], b: [['decided', 1]] };
    const selector = new ReplicaSelector(['a', 'b']);
    const asked: string[] = [];
    for (let turn = 0; turn < 3; turn += 1)
      asked.push((await play(script, { selector, turns: 'each in turn' })).asked);
    expect(asked).toEqual(['a0', 'b0', 'a0']);
  });

  it('leaves one that refused to the last, the next time', async () => {
    const script: Script = { a: [['refused', 1]], b: [['decided', 1]] };
    const selector = new ReplicaSelector(['a', 'b']);
    await play(script, { selector });
    expect((await play(script, { selector })).asked).toBe('b0');
  });
});

describe('failOver with hedging', () => {
  const hedged: Options = { hedged: true };

  it.each<[string, Script, string, unknown, string]>([
    [
      'asks no second while the first is in time',
      { a: [['decided', 39]], b: [['decided', 1]] },
      'a0',
      'decided',
      '',
    ],
    [
      'takes the second when it is quicker, and cancels the first',
      { a: [['decided', 90]], b: [['decided', 5]] },
      'a0 b40',
      'decided',
      'a',
    ],
    [
      'takes the first when it comes after all, and cancels the second',
      { a: [['decided', 50]], b: [['decided', 30]] },
      'a0 b40',
      'decided',
      'b',
    ],
    [
      'asks no third',
      { a: [['decided', 200]], b: [['decided', 200]], c: [['decided', 1]] },
      'a0 b40 c100',
      'decided',
      'b',
    ],
    [
      'asks a third in place of one that failed',
      { a: [['decided', 200]], b: [['refused', 5]], c: [['decided', 5]] },
      'a0 b40 c45',
      'decided',
      'a',
    ],
    [
      'waits for the first when nobody is left',
      { a: [['decided', 90]], b: [['refused', 5]] },
      'a0 b40',
      'decided',
      '',
    ],
    [
      'waits for the second when the first fails',
      { a: [['lost', 50]], b: [['decided', 80]] },
      'a0 b40',
      'decided',
      '',
    ],
    ['has nobody to ask beside the only one', { a: [['decided', 90]] }, 'a0', 'decided', ''],
    [
      'does not take "no such book" while another may find it',
      { a: [['decided', 90]], b: [['no such book', 5]] },
      'a0 b40',
      'decided',
      '',
    ],
    [
      'takes "no such book" when the other says so too',
      { a: [['no such book', 90]], b: [['no such book', 5]] },
      'a0 b40',
      'no such book',
      '',
    ],
    [
      'does not take "not started" while another may do it',
      { a: [['decided', 90]], b: [['not started', 5]] },
      'a0 b40',
      'decided',
      '',
    ],
  ])('%s', async (_, script, asked, outcome, cancelled) => {
    const played = await play(script, hedged);
    expect([played.asked, played.outcome, played.cancelled]).toEqual([asked, outcome, cancelled]);
  });

  it('ejects one that is outrun three times in a row', async () => {
    const script: Script = { a: [['decided', 9000]], b: [['decided', 5]] };
    const selector = new ReplicaSelector(['a', 'b']);
    const clock = new VirtualClock();
    const asked: string[] = [];
    for (let turn = 0; turn < 4; turn += 1)
      asked.push((await play(script, { ...hedged, selector, clock })).asked);
    expect(asked).toEqual(['a0 b40', 'a45 b85', 'a90 b130', 'b135']);
  });

  it('does not blame the first when the second took long too', async () => {
    const script: Script = { a: [['decided', 99]], b: [['decided', 45]] };
    const { heard, outcome } = await play(script, hedged);
    expect([outcome, heard]).toEqual(['decided', ['hedged']]);
  });

  it.each<[string, Script, Options, string, string[]]>([
    ['on hedges', { a: [['decided', 50]], b: [['decided', 1]] }, hedged, 'a0', ['no budget to hedge']],
    [
      'on retries',
      { a: [['lost', 1]], b: [['decided', 1]] },
      { times: { patienceMs: 0 } },
      'a0',
      ['lost', 'no budget to retry'],
    ],
    [
      'but for a refusal, which cost nobody anything',
      { a: [['refused', 1]], b: [['decided', 1]] },
      {},
      'a0 b1',
      ['refused'],
    ],
  ])('spends no more than the budget, %s', async (_, script, options, asked, heard) => {
    const played = await play(script, { ...options, retries: spent(), hedges: spentHedges() });
    expect([played.asked, played.heard]).toEqual([asked, heard]);
  });

  it('asks again as soon as the budget allows', async () => {
    const { outcome, tookMs } = await play({ a: [['lost', 1]], b: [['decided', 1]] }, { retries: spent() });
    expect(outcome).toBe('decided');
    expect(tookMs).toBeGreaterThan(80);
  });

  it('counts the time of an answer from when that endpoint was asked', async () => {
    const hedging = new HedgeDelay({ floorMs: 1, firstMs: 40, attemptMs: TIMES.attemptMs });
    const seen: number[] = [];
    hedging.answeredIn = (tookMs) => void seen.push(tookMs);
    const clock = new VirtualClock();
    const endpoints: Script = { a: [['decided', 90]], b: [['decided', 5]] };
    const upstream = virtualUpstream(clock, Object.keys(endpoints));
    await clock.outcomeOf(
      upstream.request({
        ask: ({ endpoint }) =>
          new Promise<Word>((resolve) =>
            clock.after(endpoints[endpoint]?.[0]?.[1] ?? 0, () => resolve('decided')),
          ),
        judge,
        times: TIMES,
        hedging,
      }),
    );
    expect(seen).toEqual([5]);
  });
});
