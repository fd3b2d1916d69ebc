import { type Verdict } from '../../core/balancing/fail-over.js';
import { type HttpAnswer, type HttpRequest, type HttpResult } from '../../rpc/http-client.js';
import { done, overHttp, tryAnother } from './over-http.js';

const answered = (status: number, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  kind: 'answered',
  status,
  headers,
  body: Buffer.from(''),
});
const NO_OTHERS = { underWay: false, mayHaveHappened: false };

describe('overHttp', () => {
  it.each<[string, HttpResult, Verdict<number>]>([
    ['leaves an answer to the judge', answered(404), done(404)],
    [
      'takes a refusal for definite',
      { kind: 'refused', reason: 'ECONNREFUSED' },
      { kind: 'try another', failure: 'refused', mayHaveHappened: false },
    ],
    [
      'takes silence for indefinite',
      { kind: 'lost', reason: 'no answer in time' },
      { kind: 'try another', failure: 'lost', mayHaveHappened: true },
    ],
    [
      'takes a 503 for definite',
      answered(503),
      { kind: 'try another', failure: 'not ready', mayHaveHappened: false },
    ],
    [
      'takes a 503 that says when to come back for an overload',
      answered(503, { 'retry-after': '1' }),
      { kind: 'try another', failure: 'overloaded', mayHaveHappened: false },
    ],
    [
      'takes a 500 for silence',
      answered(500),
      { kind: 'try another', failure: 'lost', mayHaveHappened: true },
    ],
  ])('%s', (_, result, verdict) => {
    const { judge } = overHttp<number>(
      { request: () => Promise.resolve(result) },
      { method: 'GET', path: '/' },
      (answer) => (answer.status < 500 ? done(answer.status) : tryAnother(answer)),
    );
    expect(judge(result, NO_OTHERS)).toEqual(verdict);
  });

  it('leaves a path that is not known to another release', () => {
    expect(tryAnother(answered(404))).toEqual({
      kind: 'try another',
      failure: 'not ready',
      mayHaveHappened: false,
    });
  });

  it.each([400, 413, 422])('blames nobody for a %i, and asks no other', (status) => {
    expect(() => tryAnother(answered(status))).toThrow(`refused with ${status}`);
  });

  it('hands the time of each attempt on, and gives up one that is abandoned', async () => {
    const asked: [string, HttpRequest][] = [];
    const client = {
      request: (endpoint: string, request: HttpRequest) => {
        asked.push([endpoint, request]);
        return Promise.resolve(answered(200));
      },
    };
    let abandon = (): void => undefined;
    await overHttp(client, { method: 'GET', path: '/x' }, tryAnother).ask({
      endpoint: 'http://a',
      timeoutMs: 7,
      whenAbandoned: (listener) => void (abandon = listener),
    });
    expect(asked).toMatchObject([['http://a', { method: 'GET', path: '/x', timeoutMs: 7 }]]);
    expect(asked[0]?.[1].signal?.aborted).toBe(false);
    abandon();
    expect(asked[0]?.[1].signal?.aborted).toBe(true);
  });
});
