/** What the answer itself needs to get back before the caller gives up. */
const RETURN_MS = 10;
const RETURN_SHARE = 0.1;

/** How long whoever answers may take, so that its answer still meets a caller that listens. */
export function answerWithin(leftMs: number): number {
  return leftMs - Math.min(RETURN_MS, leftMs * RETURN_SHARE);
}
