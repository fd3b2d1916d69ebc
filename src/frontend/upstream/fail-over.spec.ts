import { Rotation } from '../../core/balancing/rotation.js';
import { type HttpAnswer, type HttpRequest, type HttpResult } from '../../platform/http-client.js';
import { done, FailOver, tryAnother, type Judge } from './fail-over.js';

const answered = (status: number): HttpAnswer => ({
  kind: 'answered',
  status,
  headers: {},
  body: Buffer.from(''),
});
const REFUSED: HttpResult = { kind: 'refused', reason: '' };
const LOST: HttpResult = { kind: 'lost', reason: '' };

/** Endpoints that answer by a script, the last line for ever, on a clock that moves only while something is waited for. */
function setUp(script: Readonly<Record<string, readonly (HttpResult | number)[]>>, answerMs = 1) {
  let now = 0;
  const asked: { endpoint: string; timeoutMs: number; at: number }[] = [];
  const client = {
    request: (endpoint: string, { timeoutMs }: HttpRequest): Promise<HttpResult> => {
      const lines = script[endpoint] ?? [];
      const turn = asked.filter((each) => each.endpoint === endpoint).length;
      asked.push({ endpoint, timeoutMs, at: now });
      const line = lines[Math.min(turn, lines.length - 1)] ?? REFUSED;
      const result = typeof line === 'number' ? answered(line) : line;
      now += result.kind === 'lost' ? timeoutMs : answerMs;
      return Promise.resolve(result);
    },
  };
  const clock = {
    monotonicMs: () => now,
    after: (delayMs: number, action: () => void) => {
      now += delayMs;
      action();
      return () => undefined;
    },
  };
  const failOver = new FailOver(new Rotation(Object.keys(script)), client, clock);
  const judge: Judge<number> = (answer) => (answer.status < 500 ? done(answer.status) : tryAnother(answer));
  const request = (times: { attemptMs: number; totalMs: number; persistent?: boolean }) =>
    failOver.request({ method: 'GET', path: '/' }, times, judge);
  return { request, asked, endpoints: () => asked.map(({ endpoint }) => endpoint).join(''), now: () => now };
}
const TIMES = { attemptMs: 100, totalMs: 1000 };

describe('FailOver', () => {
  it.each<[string, Parameters<typeof setUp>[0], string, object]>([
    ['the first that serves', { a: [200], b: [200] }, 'a', { kind: 'done', value: 200 }],
    ['the next after a refusal', { a: [REFUSED], b: [200] }, 'ab', { kind: 'done', value: 200 }],
    ['the next after silence', { a: [LOST], b: [404] }, 'ab', { kind: 'done', value: 404 }],
    ['the next after a fault', { a: [500], b: [200] }, 'ab', { kind: 'done', value: 200 }],
    [
      'nobody else when all refuse',
      { a: [REFUSED], b: [REFUSED] },
      'ab',
      { kind: 'unreachable', mayHaveHappened: false },
    ],
    [
      'nobody else when one was silent',
      { a: [LOST], b: [REFUSED] },
      'ab',
      { kind: 'unreachable', mayHaveHappened: true },
    ],
    ['nobody without endpoints', {}, '', { kind: 'unreachable', mayHaveHappened: false }],
    [
      'one again that was not ready',
      { a: [503, 503, 200], b: [REFUSED] },
      'ababa',
      { kind: 'done', value: 200 },
    ],
  ])('asks %s', async (_, script, order, outcome) => {
    const { request, endpoints } = setUp(script);
    await expect(request(TIMES)).resolves.toEqual(outcome);
    // Which of two that just failed comes first depends on whose turn it is.
    expect(endpoints().length).toBe(order.length);
    expect(endpoints().slice(0, 2)).toBe(order.slice(0, 2));
  });

  it('gives no attempt more than its bound, nor all together more than theirs', async () => {
    const { request, asked, now } = setUp({ a: [LOST], b: [LOST], c: [LOST] });
    await expect(request({ attemptMs: 400, totalMs: 1000 })).resolves.toMatchObject({ kind: 'unreachable' });
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([400, 400, 200]);
    expect(now()).toBe(1000);
  });

  it('does not wait for ever for one that is not ready', async () => {
    const { request, asked, now } = setUp({ a: [503] });
    await expect(request({ attemptMs: 1000, totalMs: 60_000 })).resolves.toEqual({
      kind: 'unreachable',
      mayHaveHappened: false,
    });
    expect(now()).toBeLessThan(2000);
    expect(asked.length).toBeGreaterThan(5);
  });

  it('keeps asking, if it is told to, though all refuse', async () => {
    const { request } = setUp({ a: [...Array.from({ length: 30 }, () => REFUSED), 200] });
    await expect(request({ ...TIMES, totalMs: 20_000, persistent: true })).resolves.toEqual({
      kind: 'done',
      value: 200,
    });
  });

  it('tells the judge when an earlier attempt may still come to it', async () => {
    const told: boolean[] = [];
    const failOver = new FailOver(
      new Rotation(['a', 'b']),
      { request: (endpoint) => Promise.resolve(endpoint === 'a' ? LOST : answered(200)) },
      { monotonicMs: () => 0, after: () => () => undefined },
    );
    await failOver.request({ method: 'GET', path: '/' }, TIMES, (answer, mayHaveHappened) => {
      told.push(mayHaveHappened);
      return done(answer.status);
    });
    expect(told).toEqual([true]);
  });
});
