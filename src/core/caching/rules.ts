/** Rules of front-end caching (docs/protocol.md, F1, F2 and F7). All hold in production; the simulator switches them off one by one. */
export interface CachingRules {
  /** R3 [3888]: a grant is used for less than its duration, by the clock drift allowed for. */
  readonly shortensGrants: boolean;
  /** F1 [467]: another start number of the same replica is another session. */
  readonly tellsStartNumbersApart: boolean;
  /** F2 [53]: a session that lapsed and is granted anew begins anew; what hung from it is gone. */
  readonly lapsedSessionsAreOver: boolean;
  /** F2 [1512]: only what the replica could answer locally is kept. */
  readonly keepsOnlyCacheable: boolean;
  /** F2 [1396]: the session ran without a gap since before the fetch was sent. */
  readonly sessionRanSinceBeforeFetch: boolean;
  /** F2 [43]: an invalidation breaks the fetches that it may concern. */
  readonly invalidationsBreakFetches: boolean;
  /** F2 [646]: a reader that joined a fetch shares its answer only if it may be kept. */
  readonly sharesOnlyWhatMayBeKept: boolean;
  /** P3: what catalogs of one engine told counts only while the sessions with all of them run. */
  readonly needsEveryMember: boolean;
  /** F7: whatever books are found by forgets every list of found books. */
  readonly forgetsFoundBooks: boolean;
}

export const CACHING_RULES: CachingRules = Object.freeze({
  shortensGrants: true,
  tellsStartNumbersApart: true,
  lapsedSessionsAreOver: true,
  keepsOnlyCacheable: true,
  sessionRanSinceBeforeFetch: true,
  invalidationsBreakFetches: true,
  sharesOnlyWhatMayBeKept: true,
  needsEveryMember: true,
  forgetsFoundBooks: true,
});
