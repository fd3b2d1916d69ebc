import { type IncomingHttpHeaders } from 'node:http';
import { timeLeftMs } from '../../rpc/time-left.js';

/** What the answer itself needs to get back before the caller gives up. */
const RETURN_MS = 10;
const RETURN_SHARE = 0.1;

/** How long the replica may take, so that its answer still meets a caller that listens. */
export function replicaTimeoutMs(headers: IncomingHttpHeaders, otherwiseMs: number): number {
  const leftMs = timeLeftMs(headers, otherwiseMs);
  return leftMs - Math.min(RETURN_MS, leftMs * RETURN_SHARE);
}
