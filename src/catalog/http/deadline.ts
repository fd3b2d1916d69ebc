import { type IncomingHttpHeaders } from 'node:http';
import { answerWithin, timeLeftMs } from '../../rpc/time-left.js';

/** How long the replica may take, so that its answer still meets a caller that listens. */
export function replicaTimeoutMs(headers: IncomingHttpHeaders, otherwiseMs: number): number {
  return answerWithin(timeLeftMs(headers, otherwiseMs));
}
