/** How the roles watch each other: what they say of themselves, and record of a request that is followed. */
import { monotonic } from '../core/clocks.js';
import { AVAILABILITIES } from '../core/balancing/endpoint-health.js';
import { type Ballot, type BookId, CATALOGUE } from '../core/replication/types.js';
import { type MessageWords, type TraceEvent } from '../core/tracing/events.js';
import {
  type AnswerCounts,
  type BookRecord,
  type CacheCounts,
  type CatalogStatus,
  type EndpointView,
  type FrontEndStatus,
  type LedgerLine,
  type LedgerOperation,
  type OrderStatus,
  type SharedEngineStatus,
  type StandbyStatus,
  type WebhookStatus,
} from './ops.js';
import { type Call, type Notice } from './call.js';
import {
  between,
  flag,
  listOf,
  nullable,
  oneOf,
  optional,
  record,
  type Shape,
  someText,
  text,
  variants,
  whole,
} from './shapes.js';
import { type TraceAnswer } from './traces.js';

// What people look at: wide bounds, and every field named, for a page that draws it must not stumble over what it gets.

const MOST = Number.MAX_SAFE_INTEGER;
const LONGEST_TEXT = 10_000;
const MOST_LISTED = 100_000;
const MOST_EVENTS = 1_000;

const name = someText(LONGEST_TEXT);
const count = whole(0, MOST);
const anyWhole = whole(-MOST, MOST);
const time = between(-MOST, MOST);

const answers = record<AnswerCounts>({
  total: count,
  errors: count,
  withinMs: few(record<AnswerCounts['withinMs'][number]>({ boundMs: nullable(time), count })),
});
const upstreams = few(record<EndpointView>({ address: name, availability: oneOf(...AVAILABILITIES) }));

const orderStatus = record<OrderStatus>({ answers, upstreams });

const frontEndStatus = record<FrontEndStatus>({
  id: name,
  answers,
  caches: few(record<CacheCounts>({ cache: name, hits: count, misses: count })),
  upstreams,
});

const catalogStatus = record<CatalogStatus>({
  replicaId: name,
  startNumber: count,
  joined: flag,
  ready: flag,
  lastChange: count,
  durableChange: count,
  peers: few(
    record<CatalogStatus['peers'][number]>({
      position: count,
      replicaId: nullable(name),
      healthy: flag,
      leaseRemainingMs: time,
    }),
  ),
  sessions: few(
    record<CatalogStatus['sessions'][number]>({
      frontEndId: name,
      remainingMs: time,
      owes: count,
      address: nullable(name),
    }),
  ),
  pending: few(count),
  barred: few(count),
  waiting: count,
  rounds: count,
  conflicts: count,
  now: (value) => monotonic(time(value)),
  answers,
  webhook: optional(
    record<WebhookStatus>({
      state: oneOf('delivers', 'stands by', 'stopped'),
      to: name,
      undelivered: count,
      failingSince: nullable(time),
      lastError: nullable(name),
      delivered: count,
      givenUp: count,
    }),
  ),
  shared: optional(
    record<SharedEngineStatus>({
      server: name,
      version: name,
      trouble: nullable(name),
      standbys: nullable(
        few(
          record<StandbyStatus>({
            name,
            state: name,
            synchronous: flag,
            behindBytes: nullable(count),
            lagMs: nullable(time),
          }),
        ),
      ),
      fresh: flag,
      members: few(
        record<SharedEngineStatus['members'][number]>({ address: name, fenced: flag, self: flag }),
      ),
    }),
  ),
});

/** A round may be absurd, of an earlier release: see `repaired`. */
const ballot = record<Ballot>({ round: between(0, Number.MAX_VALUE), replicaId: name, startNumber: count });

const bookRecord = record<BookRecord>({
  committed: anyWhole,
  promised: nullable(ballot),
  pendingNumber: nullable(anyWhole),
  coordinator: nullable(name),
  marked: flag,
  book: nullable(
    record<NonNullable<BookRecord['book']>>({ title: name, quantity: anyWhole, priceCents: count }),
  ),
  ledger: few(
    record<LedgerLine>({
      sequenceNumber: anyWhole,
      origin: ballot,
      operations: few(record<LedgerOperation>({ kind: name, outcome: name, copies: nullable(count) })),
      operationCount: count,
    }),
  ),
});

const words = record<MessageWords>({
  kind: name,
  sequenceNumber: nullable(anyWhole),
  ballot: nullable(ballot),
  note: nullable(name),
});

const traceEvent = variants<TraceEvent>({
  sent: record({ at: time, messageId: name, to: nullable(name), words }),
  received: record({ at: time, messageId: name, note: nullable(name) }),
  failed: record({ at: time, messageId: name, reason: name }),
});

/** Its store failed, or it stops. */
export interface Stopped {
  readonly kind: 'stopped';
  readonly reason: string;
}

const stopped = record<Omit<Stopped, 'kind'>>({ reason: someText(LONGEST_TEXT) });

export type CatalogStatusAnswer = { readonly kind: 'status'; readonly status: CatalogStatus } | Stopped;

/** To a catalog: what it knows of itself, its peers and its front-ends. */
export const catalogStatusCall: Call<object, CatalogStatusAnswer> = {
  name: 'catalog status',
  audience: 'roles',
  vital: false,
  request: record<object>({}),
  answer: variants<CatalogStatusAnswer>({ status: record({ status: catalogStatus }), stopped }),
};

export type BookRecordAnswer =
  { readonly kind: 'record'; readonly replicaId: string; readonly record: BookRecord } | Stopped;

/** To a catalog: what it knows of one book, with the newest entries of its ledger; 0 is the catalogue itself. */
export const bookRecordCall: Call<{ readonly bookId: BookId }, BookRecordAnswer> = {
  name: 'book record',
  audience: 'roles',
  vital: false,
  request: record({ bookId: whole(CATALOGUE, MOST) }),
  answer: variants<BookRecordAnswer>({
    record: record({ replicaId: someText(LONGEST_TEXT), record: bookRecord }),
    stopped,
  }),
};

/** To an order server. */
export const orderStatusCall: Call<object, OrderStatus> = {
  name: 'order status',
  audience: 'roles',
  vital: false,
  request: record<object>({}),
  answer: orderStatus,
};

/** To a front-end, from another one. */
export const frontEndStatusCall: Call<object, FrontEndStatus> = {
  name: 'front-end status',
  audience: 'roles',
  vital: false,
  request: record<object>({}),
  answer: frontEndStatus,
};

/** To any role: what it recorded of one request that was followed; nothing, if it took no part or has forgotten it. */
export const traceCall: Call<{ readonly traceId: string }, TraceAnswer> = {
  name: 'trace',
  audience: 'roles',
  vital: false,
  request: record({ traceId: text(1, 64) }),
  answer: record<TraceAnswer>({ events: listOf(traceEvent, MOST_EVENTS) }),
};

/** Whether a role should be sent requests: as its `/health/ready` has it. */
export interface ReadinessNews {
  readonly state: 'ready' | 'not ready' | 'stopping';
}

const readinessNews = record<ReadinessNews>({ state: oneOf('ready', 'not ready', 'stopping') });

/** To any role. Said unasked as well, as soon as it changes. */
export const readinessCall: Call<object, ReadinessNews> = {
  name: 'readiness',
  audience: 'roles',
  vital: true,
  request: record<object>({}),
  answer: readinessNews,
};

export const readinessNotice: Notice<ReadinessNews> = {
  name: 'readiness',
  audience: 'roles',
  content: readinessNews,
};

function few<T>(shape: Shape<T>): Shape<T[]> {
  return listOf(shape, MOST_LISTED);
}
