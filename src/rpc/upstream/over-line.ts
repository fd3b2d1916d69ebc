import { type Call, type CallResult, type Unanswered } from '../../contract/call.js';
import { type FailOverRequest, type OtherAttempts, type Verdict } from '../../core/balancing/fail-over.js';
import { currentRequest } from '../../observability/request-context.js';
import { type AttemptObserver } from '../attempt-observer.js';
import { type Channel } from '../handshake.js';
import { type Rpc } from '../rpc.js';

/** What an answer that came means. */
export type JudgeAnswer<Answer, T> = (answer: Answer, others: OtherAttempts) => Verdict<T>;

interface LineOptions<Answer> {
  readonly observer?: AttemptObserver<CallResult<Answer>> | undefined;
  /** `bulk`: it is large, and may wait. */
  readonly channel?: Channel;
}

/** A call as something to be asked of one endpoint or another; made within the turn of the request that it is part of. */
export function overLine<Request, Answer, T>(
  rpc: Pick<Rpc, 'to'>,
  call: Call<Request, Answer>,
  request: Request,
  judge: JudgeAnswer<Answer, T>,
  { observer, channel }: LineOptions<Answer> = {},
): Pick<FailOverRequest<CallResult<Answer>, T>, 'ask' | 'judge'> {
  const context = currentRequest();
  return {
    // Who lost a race is left to end: its answer is dropped when it comes.
    ask: ({ endpoint, timeoutMs }) =>
      rpc.to(endpoint, call.audience, channel).call(call, request, { timeoutMs, observer, context }),
    judge: (result, others) => judgeLine(result, ({ answer }) => judge(answer, others)),
  };
}

/** What the line itself says of an attempt, if no answer came. */
export function judgeLine<Answered extends { readonly kind: 'answered' }, T>(
  result: Answered | Unanswered,
  judge: (answered: Answered) => Verdict<T>,
): Verdict<T> {
  switch (result.kind) {
    case 'answered':
      return judge(result);
    case 'refused':
    case 'overloaded':
      return { kind: 'try another', failure: result.kind, mayHaveHappened: false };
    case 'not understood':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
    case 'lost':
      return { kind: 'try another', failure: 'lost', mayHaveHappened: true };
    default:
      return result satisfies never;
  }
}

export function done<T>(value: T): Verdict<T> {
  return { kind: 'done', value };
}
