import { type CallResult } from '../../contract/call.js';
import { type OperationsRequest, type OperationsResponse } from '../../contract/internal.js';
import { submitCall } from '../../contract/rpc.js';
import { type FailOverRequest } from '../../core/balancing/fail-over.js';
import { type Steering } from '../../core/balancing/steering.js';
import { type Channel } from '../handshake.js';
import { type Rpc } from '../rpc.js';
import { type JudgeAnswer, overLine } from './over-line.js';

/** Operations as something to be asked of one catalog or another; who answers says which catalog leads their books. */
export function submitOverLine<T>(
  rpc: Pick<Rpc, 'to'>,
  steering: Pick<Steering, 'heard'>,
  operations: OperationsRequest['operations'],
  judgeAnswer: JudgeAnswer<OperationsResponse, T>,
  channel: Channel = 'calls',
): Pick<FailOverRequest<CallResult<OperationsResponse>, T>, 'ask' | 'judge'> {
  const { ask, judge } = overLine(rpc, submitCall, { operations }, judgeAnswer, { channel });
  return {
    ask: async (attempt) => {
      const said = await ask(attempt);
      if (said.kind === 'answered') steering.heard(operations, attempt.endpoint, said.answer);
      return said;
    },
    judge,
  };
}
