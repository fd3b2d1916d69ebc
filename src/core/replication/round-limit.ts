import { type Ballot, type WallClockMs } from './types.js';

/** Where a round goes on that no coordinator can have come to: above all that one honestly has, below what the limit leaves to use. */
const REPAIRED_ROUND = 2 ** 40;
/** What is left above a repaired round where the clock stands before 2004, the time that is as many milliseconds. */
const LEAST_ROOM = 2 ** 20;
/** A clock that was set back must not make rounds absurd that were within the limit: those have to count as they are. */
const ABSURD_AHEAD_MS = 366 * 24 * 60 * 60 * 1_000;

/**
 * The highest round that a peer may name at that time. A coordinator takes the next round for each check, which is slower than one for each
 * millisecond since 1970, so that honest rounds stay far below. Above all it grows with time: whoever takes the highest round there is keeps a
 * book from the others for a millisecond and not for ever. It guards against what is forged or broken; safety never depends on a clock.
 */
export function highestRound(wallClockMs: WallClockMs): number {
  return Math.max(Math.floor(wallClockMs), REPAIRED_ROUND + LEAST_ROOM);
}

/**
 * A stored ballot as it counts. One of an absurd round, promised before there was a limit, counts as one of a round that others can still
 * outbid: the same on every replica, and above every round that was ever used in earnest, so that nothing promised is taken back.
 */
export function repaired(ballot: Ballot, wallClockMs: WallClockMs): Ballot {
  const isAbsurd = !(ballot.round <= highestRound(wallClockMs) + ABSURD_AHEAD_MS);
  return isAbsurd ? { ...ballot, round: REPAIRED_ROUND } : ballot;
}
