/**
 * What has to hold whatever messages come and however they are timed. A replica that finds it broken must not go on from there: the error
 * ends its life, and its host starts it anew from what is on disk.
 */
export function invariant(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(`broken invariant: ${what()}`);
}
