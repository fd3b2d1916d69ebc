import { type ReplicaId } from '../replication/types.js';

/** A replica's name in cursors: the first letters of what nobody can guess of its identity. */
export type ReplicaTag = string;

const TAG_LENGTH = 10;
/** A cursor names the replicas that its reader has met or heard of: those of today, and some that were replaced. */
const MOST_REPLICAS_NAMED = 9;
const CURSOR = /^v1\.([\da-z]{1,10})\.(\d{1,2})\.(\d{1,4})((?:\.[\da-z]{1,10}_[\da-z]{1,11}){1,9})$/;
/** Longest text of a cursor. */
export const LONGEST_CURSOR = 260;

/**
 * How far the feed of changes was read (docs/adr/0035): of each replica named, every commit up to that change number of its own was told, by
 * that replica or another. Replicas number their commits each in its own order, so a number alone means nothing to another one; this does.
 */
export interface FeedCursor {
  /** Of which bookstore. */
  readonly ledger: ReplicaTag;
  /** Who told the last of it. */
  readonly maker: ReplicaTag;
  /** The maker's place in the list of all catalogs: a hint of whom to ask next. */
  readonly position: number;
  /** Of the maker's next commit, so many books' changes were told already: one that creates books has one of each. */
  readonly skipped: number;
  readonly told: ReadonlyMap<ReplicaTag, number>;
}

export function tagOf(replicaId: ReplicaId): ReplicaTag {
  return replicaId.slice(replicaId.lastIndexOf('-') + 1).slice(0, TAG_LENGTH);
}

export function writeCursor({ ledger, maker, position, skipped, told }: FeedCursor): string {
  const others = [...told].filter(([tag]) => tag !== maker).slice(0, MOST_REPLICAS_NAMED - 1);
  const named = [[maker, told.get(maker) ?? 0] as const, ...others];
  const places = named.map(([tag, change]) => `.${tag}_${change.toString(36)}`);
  return `v1.${ledger}.${position}.${skipped}${places.join('')}`;
}

/** Null: it is none. */
export function readCursor(text: string): FeedCursor | null {
  const [, ledger, position, skipped, places] = CURSOR.exec(text) ?? [];
  if (ledger === undefined || places === undefined) return null;
  const told = new Map<ReplicaTag, number>();
  for (const place of places.slice(1).split('.')) {
    const [tag = '', digits = ''] = place.split('_');
    const change = Number.parseInt(digits, 36);
    if (!Number.isSafeInteger(change) || told.has(tag)) return null;
    told.set(tag, change);
  }
  const [maker] = told.keys();
  return maker === undefined
    ? null
    : { ledger, maker, position: Number(position), skipped: Number(skipped), told };
}

/** What two cursors say together: each says what was told, by whomever. The first one's maker goes on. */
export function together(one: FeedCursor, other: FeedCursor): FeedCursor {
  const told = new Map(one.told);
  for (const [tag, change] of other.told) told.set(tag, Math.max(change, told.get(tag) ?? 0));
  const isPassed = (other.told.get(one.maker) ?? 0) > (one.told.get(one.maker) ?? 0);
  return { ...one, skipped: isPassed ? 0 : one.skipped, told };
}
