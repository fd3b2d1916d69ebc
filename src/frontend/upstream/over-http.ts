import { type FailOverRequest, type OtherAttempts, type Verdict } from '../../core/balancing/fail-over.js';
import {
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  type HttpResult,
} from '../../rpc/http-client.js';

/** What an answer that came means. */
export type Judge<T> = (answer: HttpAnswer, others: OtherAttempts) => Verdict<T>;

/** An HTTP request as something to be asked of one endpoint or another. */
export function overHttp<T>(
  client: Pick<HttpClient, 'request'>,
  request: Omit<HttpRequest, 'timeoutMs' | 'signal'>,
  judge: Judge<T>,
): Pick<FailOverRequest<HttpResult, T>, 'ask' | 'judge'> {
  return {
    ask: ({ endpoint, timeoutMs, whenAbandoned }) => {
      const cancel = new AbortController();
      whenAbandoned(() => cancel.abort());
      return client.request(endpoint, { ...request, timeoutMs, signal: cancel.signal });
    },
    judge: (result, others) => {
      switch (result.kind) {
        case 'answered':
          return judge(result, others);
        case 'refused':
          return { kind: 'try another', failure: 'refused', mayHaveHappened: false };
        case 'lost':
          return { kind: 'try another', failure: 'lost', mayHaveHappened: true };
        default:
          return result satisfies never;
      }
    },
  };
}

/** What says that a request is wrong, whoever is asked. */
const WRONGLY_ASKED = new Set([400, 409, 411, 413, 414, 415, 422, 431]);
/** A path that another release may know. */
const NOT_KNOWN_HERE = new Set([404, 405]);

/**
 * For statuses that a path does not expect: a start under way says 503, an overload `Retry-After` as well; most else is as good as no
 * answer. Throws when the request itself is at fault: what sent it is wrong, who refused it is well, and another would say the same.
 */
export function tryAnother({
  status,
  headers,
  body,
}: HttpAnswer): Extract<Verdict<never>, { kind: 'try another' }> {
  if (WRONGLY_ASKED.has(status)) throw new Error(`refused with ${status}: ${body.toString().slice(0, 500)}`);
  if (NOT_KNOWN_HERE.has(status))
    return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
  if (status === 503) {
    const failure = headers['retry-after'] === undefined ? 'not ready' : 'overloaded';
    return { kind: 'try another', failure, mayHaveHappened: false };
  }
  return { kind: 'try another', failure: 'lost', mayHaveHappened: true };
}

export function done<T>(value: T): Verdict<T> {
  return { kind: 'done', value };
}
