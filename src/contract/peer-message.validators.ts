import { type Envelope, type PeerMessage } from '../core/replication/messages.js';
import { type SubmitResult } from '../core/replication/results.js';
import { highestRound } from '../core/replication/round-limit.js';
import {
  type Ballot,
  type Book,
  type BookChanges,
  type Change,
  type Decided,
  type Entry,
  type NamedChange,
  type Operation,
  type Outcome,
  type Pending,
  type WallClockMs,
} from '../core/replication/types.js';

/**
 * The shape and range of what catalogs say to each other, looked at before it reaches the core: what passes here can be stored, counted on
 * and outbid. Whether it is true only the sender knows. The bounds are wide, for what earlier releases put into ledgers has to pass as well;
 * a field that a later release adds is not looked at.
 */

// Longer than any that may be given today.
const LONGEST_TEXT = 10_000;
const LONGEST_ID = 1_000;
const MAX_BOOK_ID = 10 ** 15;
const MAX_COPIES = 10 ** 12;
const MAX_CENTS = 10 ** 12;
/** Any sum of what operations may ask for. */
const MAX_QUANTITY = 2 ** 52;
const MAX_ENTRIES = 1_024;
const MAX_OPERATIONS = 1_024;
const MAX_CHANGES = 16_384;
/** Pending or barred books in one lease message: all that fit into a request. */
const MAX_NAMED = 200_000;
const MAX_REPLICAS = 100;
/** The longest that LEASE_MS may be. */
const LONGEST_LEASE_MS = 60_000;
const LONGEST_WAIT_MS = 600_000;
const LONGEST_UPTIME_MS = 10 ** 12;
/** The last moment that a date can name. */
const LATEST_MS = 8.64e15;
/** By so much a replica's clock may be ahead when it makes its identity: one from further ahead would count as later than all that follow. */
const IDENTITY_AHEAD_MS = 24 * 60 * 60 * 1_000;

/** Null: it is as it has to be. Else what it must be, after the way to it: `.ballot.round must be …`. */
type Check = (value: unknown, highestRound: number) => string | null;
type FieldChecks<T> = { readonly [K in keyof T]-?: Check };
type KindChecks<T extends { readonly kind: string }> = {
  readonly [K in T['kind']]: FieldChecks<Omit<Extract<T, { kind: K }>, 'kind'>>;
};

/** What is wrong with an envelope, for people; null when nothing is. */
export function envelopeMistake(value: unknown, wallClockMs: WallClockMs): string | null {
  const mistake = ENVELOPE(value, highestRound(wallClockMs));
  if (mistake !== null) return `envelope${mistake}`;
  const { from } = value as Envelope;
  const madeAt = parseInt(from, 36);
  return madeAt > wallClockMs + IDENTITY_AHEAD_MS ? 'envelope.from is an identity of the future' : null;
}

function whole(lowest: number, highest: number): Check {
  const mistake = ` must be a whole number from ${lowest} to ${highest}`;
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= lowest && value <= highest
      ? null
      : mistake;
}

function number(lowest: number, highest: number): Check {
  const mistake = ` must be a number from ${lowest} to ${highest}`;
  return (value) => (typeof value === 'number' && value >= lowest && value <= highest ? null : mistake);
}

function text(longest: number): Check {
  const mistake = ` must be a text of at most ${longest} characters`;
  return (value) => (typeof value === 'string' && value.length <= longest ? null : mistake);
}

function matching(pattern: RegExp, what: string): Check {
  return (value) => (typeof value === 'string' && pattern.test(value) ? null : ` must be ${what}`);
}

const flag: Check = (value) => (typeof value === 'boolean' ? null : ' must be true or false');

function orNull(check: Check): Check {
  return (value, round) => (value === null ? null : check(value, round));
}

function optional(check: Check): Check {
  return (value, round) => (value === undefined ? null : check(value, round));
}

function list(most: number, check: Check): Check {
  return (value, round) => {
    if (!Array.isArray(value) || value.length > most) return ` must be a list of at most ${most}`;
    for (let index = 0; index < value.length; index++) {
      const mistake = check(value[index], round);
      if (mistake !== null) return `[${index}]${mistake}`;
    }
    return null;
  };
}

function tuple(...checks: readonly Check[]): Check {
  return (value, round) => {
    if (!Array.isArray(value) || value.length !== checks.length) return ` must be a list of ${checks.length}`;
    for (const [index, check] of checks.entries()) {
      const mistake = check(value[index], round);
      if (mistake !== null) return `[${index}]${mistake}`;
    }
    return null;
  };
}

function object<T>(fields: FieldChecks<T>): Check {
  const checks = Object.entries<Check>(fields);
  return (value, round) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return ' must be an object';
    for (const [field, check] of checks) {
      const mistake = check((value as Record<string, unknown>)[field], round);
      if (mistake !== null) return `.${field}${mistake}`;
    }
    return null;
  };
}

/** One check for each kind. */
function byKind<T extends { readonly kind: string }>(kinds: KindChecks<T>): Check {
  const checks = new Map<unknown, Check>(
    Object.entries<FieldChecks<unknown>>(kinds).map(([kind, fields]) => [kind, object(fields)]),
  );
  return (value, round) => {
    if (typeof value !== 'object' || value === null) return ' must be an object';
    const check = checks.get((value as { kind?: unknown }).kind);
    return check === undefined ? '.kind is not known' : check(value, round);
  };
}

const replicaId = text(LONGEST_ID);
const life = text(LONGEST_ID);
const bookId = whole(0, MAX_BOOK_ID);
const startNumber = whole(0, Number.MAX_SAFE_INTEGER);
/** Of an entry. */
const sequenceNumber = whole(0, Number.MAX_SAFE_INTEGER);
/** The last entry's number, -1 for a record that is not known. */
const committed = whole(-1, Number.MAX_SAFE_INTEGER);
const change = whole(0, Number.MAX_SAFE_INTEGER);
const requestId = whole(0, Number.MAX_SAFE_INTEGER);
const copies = whole(1, MAX_COPIES);
const cents = whole(0, MAX_CENTS);
/** Below zero when two sides of a split sold the same copies. */
const quantity = whole(-MAX_QUANTITY, MAX_QUANTITY);
const operationId = text(LONGEST_ID);
const clockReading = number(0, LONGEST_UPTIME_MS);
const leaseTime = number(0, LONGEST_LEASE_MS);

const round: Check = (value, highest) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= highest
    ? null
    : ` must be a whole number from 0 to ${highest}`;
const ballot = object<Ballot>({ round, replicaId, startNumber });
/** Names an entry and is only compared: what an earlier release took for a round stands in the ledger for ever. */
const origin = object<Ballot>({ round: number(0, Number.MAX_VALUE), replicaId, startNumber });

const book = object<Book>({
  title: text(LONGEST_TEXT),
  topic: text(LONGEST_TEXT),
  priceCents: cents,
  quantity,
  isbn: orNull(text(LONGEST_TEXT)),
  author: orNull(text(LONGEST_TEXT)),
});
const changes = object<BookChanges>({
  title: optional(text(LONGEST_TEXT)),
  topic: optional(text(LONGEST_TEXT)),
  priceCents: optional(cents),
  quantity: optional(quantity),
});
const operation = byKind<Operation>({
  create: { operationId, book },
  edit: { operationId, changes, expectedSequenceNumber: orNull(sequenceNumber) },
  restock: { operationId, copies },
  sale: { operationId, copies, expectedPriceCents: orNull(cents) },
});
const outcome = byKind<Outcome>({
  created: { bookId },
  exists: { bookId },
  edited: {},
  restocked: {},
  sold: {
    orderId: matching(/^[\w.:-]{1,200}$/, 'an order id'),
    priceCents: cents,
    at: number(-LATEST_MS, LATEST_MS),
    oversold: optional(copies),
  },
  'out of stock': {},
  'price changed': {},
  'precondition failed': {},
});
const decided = object<Decided>({ operation, outcome });
const entry = object<Entry>({ sequenceNumber, origin, decided: list(MAX_OPERATIONS, decided) });
const entries = list(MAX_ENTRIES, entry);
const pending = object<Pending>({ ballot, entry });
const standing = object({ alone: flag, merged: flag });
const token = object({ startNumber, at: clockReading });
const listedLease = object({ holder: replicaId, remainingMs: leaseTime });
const result = byKind<SubmitResult>({
  decided: {
    operation,
    outcome,
    entryNumber: sequenceNumber,
    bookId,
    sequenceNumber: committed,
    book: orNull(book),
  },
  'no such book': {},
  'operation id reused': {},
  'not started': { reason: matching(/^(not ready|busy|deadline)$/, 'not ready, busy or deadline') },
  unknown: {},
});

const allPending = list(MAX_NAMED, tuple(bookId, sequenceNumber, ballot, flag));

const message = byKind<PeerMessage>({
  check: { bookId, ballot, committed },
  'check ok': { bookId, ballot, committed, pending: orNull(pending), newer: entries },
  conflict: { bookId, ballot, promised: ballot, committed, newer: entries },
  update: { bookId, ballot, entry, before: entries },
  'update ok': { bookId, ballot, sequenceNumber, leases: list(MAX_REPLICAS, listedLease), token },
  'update committed': { bookId, ballot, committed, entries },
  discharge: { bookId, ballot, sequenceNumber, holder: replicaId },
  behind: { bookId, ballot, committed },
  commit: { bookId, sequenceNumber, ballot, token: orNull(token) },
  get: { requestId, bookId, committed, asked: list(MAX_REPLICAS, replicaId) },
  got: { requestId, bookId, committed, entries, valid: flag },
  fetch: { bookId, committed },
  fetched: { bookId, committed, entries },
  'lease request': {
    sentAt: clockReading,
    life,
    standing,
    joined: flag,
    lastChange: change,
    barred: list(MAX_NAMED, tuple(bookId, sequenceNumber, ballot)),
  },
  'lease grant': {
    sentAt: clockReading,
    toLife: life,
    standing,
    durationMs: leaseTime,
    pending: allPending,
  },
  'identity refused': { life, knownStart: startNumber, knownChange: change },
  'catch-up': { requestId, since: change, byName: flag },
  'caught up': {
    requestId,
    changes: list(MAX_CHANGES, object<Change>({ change, bookId, entry })),
    upTo: change,
    done: flag,
    pending: optional(allPending),
  },
  'changes named': {
    requestId,
    changes: list(MAX_CHANGES, object<NamedChange>({ change, bookId, sequenceNumber })),
    upTo: change,
    done: flag,
    pending: optional(allPending),
  },
  forward: { requestId, bookId, operation, remainingMs: number(0, LONGEST_WAIT_MS) },
  forwarded: { requestId, result },
  farewell: { life },
});

const ENVELOPE = object<Envelope>({
  // Compared as text: a later identity of an address counts more (C3).
  from: matching(/^[0-9a-z]{9}-[0-9a-z]{1,64}$/, 'the identity of a replica'),
  fromStart: startNumber,
  fromPosition: whole(0, MAX_REPLICAS - 1),
  to: orNull(replicaId),
  body: message,
});
