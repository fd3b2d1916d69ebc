import { type IncomingHttpHeaders } from 'node:http';
import { TIME_LEFT_HEADER } from '../contract/internal.js';

/** Nobody waits longer, whatever a header says. */
const LONGEST_MS = 60_000;

/** Milliseconds that the caller will still wait for an answer; `otherwiseMs` when it does not say. At least 0. */
export function timeLeftMs(headers: IncomingHttpHeaders, otherwiseMs: number): number {
  const header = headers[TIME_LEFT_HEADER];
  if (typeof header !== 'string' || !/^\d{1,9}$/.test(header)) return otherwiseMs;
  return Math.min(Number(header), LONGEST_MS);
}

/** What the answer itself needs to get back before the caller gives up. */
const RETURN_MS = 10;
const RETURN_SHARE = 0.1;

/** How long whoever answers may take, so that its answer still meets a caller that listens. */
export function answerWithin(leftMs: number): number {
  return leftMs - Math.min(RETURN_MS, leftMs * RETURN_SHARE);
}
