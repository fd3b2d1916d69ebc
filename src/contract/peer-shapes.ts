import { monotonic } from '../core/clocks.js';
import { type Elder, type Envelope, type PeerMessage, type Standing } from '../core/replication/messages.js';
import { highestRound } from '../core/replication/round-limit.js';
import {
  type Ballot,
  type Change,
  type Entry,
  type NamedChange,
  type Pending,
  type MonotonicMs,
  type Successor,
  type WallClockMs,
} from '../core/replication/types.js';
import {
  bookId,
  committed,
  decided,
  sequenceNumber,
  storedOperation,
  submitResult,
} from './operation-shapes.js';
import {
  asItCame,
  between,
  flag,
  listOf,
  matching,
  Mistake,
  nullable,
  oneOf,
  onlyTrue,
  optional,
  record,
  type Shape,
  someText,
  tuple,
  variants,
  whole,
} from './shapes.js';

/**
 * The shape and range of what catalogs say to each other, looked at before it reaches the core: what passes here can be stored, counted on
 * and outbid. Whether it is true only the sender knows. The bounds are wide, for what earlier releases put into ledgers has to pass as well.
 */

const LONGEST_ID = 1_000;
const MOST_ENTRIES = 1_024;
const MOST_OPERATIONS = 1_024;
const MOST_CHANGES = 16_384;
/** Pending or barred books in one lease message: all that fit into one. */
const MOST_NAMED = 200_000;
const MOST_REPLICAS = 100;
/** The longest that LEASE_MS may be. */
const LONGEST_LEASE_MS = 60_000;
const LONGEST_WAIT_MS = 600_000;
const LONGEST_UPTIME_MS = 10 ** 12;
/** By so much a replica's clock may be ahead when it makes its identity: one from further ahead would count as later than all that follow. */
const IDENTITY_AHEAD_MS = 24 * 60 * 60 * 1_000;

const replicaId = someText(LONGEST_ID);
const LONGEST_ADDRESS = 2_048;
const place = someText(LONGEST_ADDRESS);
const life = someText(LONGEST_ID);
const startNumber = whole(0, Number.MAX_SAFE_INTEGER);
const change = whole(0, Number.MAX_SAFE_INTEGER);
const requestId = whole(0, Number.MAX_SAFE_INTEGER);
const reading = between(0, LONGEST_UPTIME_MS);
const clockReading: Shape<MonotonicMs> = (value) => monotonic(reading(value));
const leaseTime = between(0, LONGEST_LEASE_MS);

/** Names an entry and is only compared: what an earlier release took for a round stands in the ledger for ever. */
const origin = record<Ballot>({ round: between(0, Number.MAX_VALUE), replicaId, startNumber });
const entry = record<Entry>({
  sequenceNumber,
  origin,
  after: optional(origin),
  decided: listOf(decided, MOST_OPERATIONS),
});
const entries = listOf(entry, MOST_ENTRIES);
const standing = record<Standing>({
  alone: flag,
  merged: flag,
  still: optional(nullable(someText(LONGEST_ID))),
  took: optional(someText(LONGEST_ID)),
  nextBookId: optional(bookId),
});
const token = record<{ readonly startNumber: number; readonly at: MonotonicMs }>({
  startNumber,
  at: clockReading,
});
const elder = record<Elder>({
  as: oneOf('new as well', 'founded together', 'voter'),
  // Counted on as a bound alone: it may be of a round that is repaired where it is used.
  promisedUpTo: between(0, Number.MAX_VALUE),
});
const leases = listOf(
  record<{ readonly holder: string; readonly remainingMs: number }>({
    holder: replicaId,
    remainingMs: leaseTime,
  }),
  MOST_REPLICAS,
);

/** A message as it came, with its trace; a round may be as high as the clock lets it. */
export function envelopeShape(wallClockMs: () => WallClockMs): Shape<Envelope> {
  const anyRound = whole(0, Number.MAX_SAFE_INTEGER);
  const round: Shape<number> = (value) => {
    const highest = highestRound(wallClockMs());
    if (anyRound(value) <= highest) return value as number;
    throw new Mistake(`must be a whole number from 0 to ${highest}`);
  };
  const body = messageWith(record<Ballot>({ round, replicaId, startNumber }));
  const envelope = record<Envelope>({
    from: identityAt(wallClockMs),
    fromStart: startNumber,
    fromPosition: whole(0, MOST_REPLICAS - 1),
    to: nullable(replicaId),
    successors: optional(
      listOf(record<Successor>({ place, replicaId: identityAt(wallClockMs), givenUp: flag }), MOST_REPLICAS),
    ),
    body,
  });
  return asItCame(envelope);
}

/** Compared as text: a later identity of an address counts more (C3). */
function identityAt(wallClockMs: () => WallClockMs): Shape<string> {
  const identity = matching(/^[0-9a-z]{9}-[0-9a-z]{1,64}$/, 'the identity of a replica');
  return (value) => {
    const from = identity(value);
    if (parseInt(from, 36) > wallClockMs() + IDENTITY_AHEAD_MS)
      throw new Mistake('is an identity of the future');
    return from;
  };
}

function messageWith(ballot: Shape<Ballot>): Shape<PeerMessage> {
  const pending = listOf(
    tuple<[number, number, Ballot, boolean]>(bookId, sequenceNumber, ballot, flag),
    MOST_NAMED,
  );
  const barred = listOf(tuple<[number, number, Ballot]>(bookId, sequenceNumber, ballot), MOST_NAMED);
  return variants<PeerMessage>({
    check: record({ bookId, ballot, committed }),
    'check ok': record({
      bookId,
      ballot,
      committed,
      pending: nullable(record<Pending>({ ballot, entry })),
      newer: entries,
    }),
    conflict: record({ bookId, ballot, promised: ballot, committed, newer: entries }),
    update: record({ bookId, ballot, entry, before: entries }),
    'update ok': record({ bookId, ballot, sequenceNumber, leases, token }),
    'update committed': record({ bookId, ballot, committed, entries }),
    discharge: record({ bookId, ballot, sequenceNumber, holder: replicaId }),
    behind: record({ bookId, ballot, committed }),
    commit: record({ bookId, sequenceNumber, ballot, token: nullable(token) }),
    get: record({ requestId, bookId, committed, asked: listOf(replicaId, MOST_REPLICAS) }),
    got: record({ requestId, bookId, committed, entries, valid: flag }),
    fetch: record({ bookId, committed }),
    fetched: record({ bookId, committed, entries }),
    'lease request': record({
      sentAt: clockReading,
      life,
      standing,
      joined: flag,
      lastChange: change,
      barred,
    }),
    'lease grant': record({
      sentAt: clockReading,
      toLife: life,
      standing,
      durationMs: leaseTime,
      pending,
    }),
    'identity refused': record({ life, knownStart: startNumber, knownChange: change }),
    'catch-up': record({ requestId, since: change, byName: flag, joining: optional(onlyTrue) }),
    'caught up': record({
      requestId,
      changes: listOf(record<Change>({ change, bookId, entry }), MOST_CHANGES),
      upTo: change,
      done: flag,
      pending: optional(pending),
      elder: optional(elder),
    }),
    'changes named': record({
      requestId,
      changes: listOf(record<NamedChange>({ change, bookId, sequenceNumber }), MOST_CHANGES),
      upTo: change,
      done: flag,
      pending: optional(pending),
      elder: optional(elder),
    }),
    forward: record({
      requestId,
      bookId,
      operation: storedOperation,
      remainingMs: between(0, LONGEST_WAIT_MS),
    }),
    forwarded: record({ requestId, result: submitResult }),
    farewell: record({ life }),
  });
}
