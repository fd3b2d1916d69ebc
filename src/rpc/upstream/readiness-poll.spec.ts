import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { type PolledReadiness } from '../../core/balancing/endpoint-health.js';
import { type HttpRequest, type HttpResult } from '../http-client.js';
import { pollReadiness } from './readiness-poll.js';

const answered = (status: number, body: object | string = {}): HttpResult => ({
  kind: 'answered',
  status,
  headers: {},
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
/** As terminus says it of a process that shuts down. */
const STOPPING = {
  status: 'error',
  error: { process: { status: 'down', message: 'stopping' } },
  details: { process: { status: 'down', message: 'stopping' } },
};
const UNREADY = { status: 'error', details: { catalog: { status: 'down', message: 'none of 3 is ready' } } };

/** Looks as often as there are results, then stops. */
async function look(results: readonly HttpResult[]) {
  const clock = new VirtualClock();
  const asked: (HttpRequest & { readonly at: number })[] = [];
  const told: PolledReadiness[] = [];
  const client = {
    request: (_: string, request: HttpRequest) => {
      asked.push({ ...request, at: clock.now });
      return Promise.resolve(results[asked.length - 1] ?? answered(200));
    },
  };
  const stop = pollReadiness(client, clock, 'http://a', (found) => {
    told.push(found);
    if (told.length === results.length) stop();
  });
  await clock.run();
  return { asked, told };
}

describe('pollReadiness', () => {
  it.each<[PolledReadiness, HttpResult]>([
    ['ready', answered(200)],
    ['not ready', answered(503, UNREADY)],
    ['stopping', answered(503, STOPPING)],
    ['not ready', answered(503, 'no JSON')],
    ['not ready', answered(500, 'null')],
    ['refused', { kind: 'refused', reason: 'ECONNREFUSED' }],
    ['silent', { kind: 'lost', reason: 'no answer in time' }],
  ])('calls it %s', async (found, result) => {
    expect((await look([result])).told).toEqual([found]);
  });

  it('looks again and again until it is stopped, never twice at once', async () => {
    const { asked } = await look([answered(503, UNREADY), answered(200), answered(200)]);
    expect(asked.map(({ at, path }) => [at, path])).toEqual([0, 250, 500].map((at) => [at, '/health/ready']));
    expect(asked.every(({ timeoutMs }) => timeoutMs < 250)).toBe(true);
  });
});
