import { type PeerMessage } from '../../src/core/replication/messages.js';
import { type Ballot, type Entry, type Operation, type ReplicaId } from '../../src/core/replication/types.js';
import { type ReadResult, type SubmitResult } from '../../src/core/replication/results.js';
import { type Answered, type Ask, type Content } from './messages.js';

type Names = ReadonlyMap<ReplicaId, string>;

/** A message in a few words. */
export function describe(content: Content, names: Names): string {
  switch (content.kind) {
    case 'peer message':
      return describePeerMessage(content.envelope.body, names);
    case 'request':
      return describeAsk(content.ask);
    case 'response':
      return `answer to ${describeAsk(content.ask)}: ${describeAnswer(content.answered)}`;
    case 'refused':
      return `${describeAsk(content.ask)}: connection refused`;
    case 'invalidation': {
      const { id, bookIds, retitledIds, topics, unknownIds, everySearch } = content.invalidation;
      const what = [
        ...bookIds.map((bookId) => `book ${bookId}`),
        ...retitledIds.map((bookId) => `searches with ${bookId}`),
        ...topics.map((topic) => `searches for ${topic}`),
        ...(unknownIds ? ['unknown ids'] : []),
        ...(everySearch ? ['every search'] : []),
      ];
      return `forget ${what.join(', ')} (${short(id)})`;
    }
    case 'forgotten':
      return `forgotten (${short(content.invalidationId)})`;
    default:
      return content satisfies never;
  }
}

function short(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

export function describeAsk(ask: Ask): string {
  switch (ask.kind) {
    case 'look up':
      return `look up ${ask.bookId}`;
    case 'search':
      return `search "${ask.text}"`;
    case 'submit':
      return `${describeOperation(ask.operation)} on ${ask.bookId}`;
    case 'session':
      return `session?`;
    default:
      return ask satisfies never;
  }
}

export function describeOperation(operation: Operation): string {
  const { kind, operationId } = operation;
  switch (kind) {
    case 'create':
      return `create[${operationId}] ${operation.book.title}`;
    case 'claim':
      return `claim[${operationId}] ${operation.key} for ${operation.bookId}`;
    case 'restock':
      return `restock[${operationId}] ${operation.copies}`;
    case 'sale':
      return `sale[${operationId}] ${operation.copies}`;
    case 'edit': {
      const expected = operation.expectedSequenceNumber;
      return `edit[${operationId}] ${JSON.stringify(operation.changes)}${expected === null ? '' : ` if at ${expected}`}`;
    }
    case 'hold':
      return `hold[${operationId}] ${operation.copies} ${JSON.stringify(operation.term)}`;
    case 'confirm':
    case 'release':
    case 'settle':
      return `${kind}[${operationId}] ${operation.holdId}`;
    case 'expire':
      return `expire[${operationId}]`;
    case 'cancel':
      return `cancel[${operationId}] ${operation.copies ?? 'all'} of ${operation.orderId}`;
    default:
      return kind satisfies never;
  }
}

export function describeAnswer(answered: Answered): string {
  switch (answered.kind) {
    case 'looked up':
      return describeRead(answered.result);
    case 'searched':
      return `${answered.books.map(({ id, title }) => `${id}:${title}`).join(' ')}${answered.cacheable ? ' cacheable' : ''}`;
    case 'written':
      return describeSubmit(answered.result);
    case 'granted':
      return answered.grant === null
        ? 'no session'
        : `session for ${answered.grant.durationMs.toFixed(0)} ms`;
    case 'unavailable':
      return 'unavailable';
    default:
      return answered satisfies never;
  }
}

export function describeRead(result: ReadResult): string {
  if (result.kind === 'unavailable') return 'unavailable';
  const cacheable = result.cacheable ? ' cacheable' : '';
  if (result.kind === 'not found') return `not found${cacheable}`;
  const { title, topic, quantity, priceCents } = result.book;
  return `#${result.sequenceNumber} ${title}/${topic} ${quantity} copies at ${priceCents}${cacheable}`;
}

export function describeSubmit(result: SubmitResult): string {
  if (result.kind === 'not started') return `not started (${result.reason})`;
  if (result.kind !== 'decided') return result.kind;
  return `${result.outcome.kind}, book ${result.bookId} #${result.sequenceNumber}`;
}

export function describeEntry(entry: Entry, names: Names): string {
  const operations = entry.decided.map(
    ({ operation, outcome }) => `${operation.operationId} ${outcome.kind}`,
  );
  return `#${entry.sequenceNumber}<${describeBallot(entry.origin, names)}: ${operations.join(', ')}>`;
}

export function describeBallot(ballot: Ballot, names: Names): string {
  return `${ballot.round}${names.get(ballot.replicaId) ?? '?'}${ballot.startNumber}`;
}

function entriesOf(entries: readonly Entry[], names: Names): string {
  return entries.length === 0
    ? ''
    : `, entries ${entries.map((entry) => describeEntry(entry, names)).join(' ')}`;
}

type Describers = {
  readonly [K in PeerMessage['kind']]: (body: Extract<PeerMessage, { kind: K }>, names: Names) => string;
};

const DESCRIBERS: Describers = {
  check: (body, names) =>
    `check ${body.bookId} under ${describeBallot(body.ballot, names)}, has #${body.committed}`,
  'check ok': ({ bookId, ballot, committed, pending, newer }, names) => {
    const held =
      pending === null
        ? ''
        : `, pending ${describeEntry(pending.entry, names)} under ${describeBallot(pending.ballot, names)}`;
    return `check ok ${bookId} under ${describeBallot(ballot, names)}, has #${committed}${held}${entriesOf(newer, names)}`;
  },
  conflict: ({ bookId, ballot, promised, committed, newer }, names) =>
    `conflict ${bookId}: ${describeBallot(ballot, names)} < ${describeBallot(promised, names)}, has #${committed}${entriesOf(newer, names)}`,
  update: ({ bookId, ballot, entry, before }, names) =>
    `update ${bookId} under ${describeBallot(ballot, names)} ${describeEntry(entry, names)}${entriesOf(before, names)}`,
  'update ok': ({ bookId, ballot, sequenceNumber, leases }, names) => {
    const listed = leases.map(
      ({ holder, remainingMs }) => `${names.get(holder) ?? '?'} ${remainingMs.toFixed(0)}`,
    );
    return `ok ${bookId} #${sequenceNumber} under ${describeBallot(ballot, names)}, leases [${listed.join(', ')}]`;
  },
  'update committed': ({ bookId, ballot, committed, entries }, names) =>
    `committed already ${bookId} under ${describeBallot(ballot, names)}, has #${committed}${entriesOf(entries, names)}`,
  behind: ({ bookId, ballot, committed }, names) =>
    `behind ${bookId} under ${describeBallot(ballot, names)}, has #${committed}`,
  commit: ({ bookId, sequenceNumber, ballot, token }, names) =>
    `commit ${bookId} #${sequenceNumber} under ${describeBallot(ballot, names)}${token === null ? '' : ' with token'}`,
  get: ({ bookId, committed }) => `get ${bookId}, has #${committed}`,
  got: ({ bookId, committed, valid, entries }, names) =>
    `got ${bookId} #${committed}${valid ? ' valid' : ''}${entriesOf(entries, names)}`,
  discharge: ({ bookId, sequenceNumber, ballot, holder }, names) =>
    `discharge ${names.get(holder) ?? '?'} from ${bookId} #${sequenceNumber} under ${describeBallot(ballot, names)}`,
  fetch: ({ bookId, committed }) => `fetch ${bookId} above #${committed}`,
  fetched: ({ bookId, committed, entries }, names) =>
    `fetched ${bookId} #${committed}${entriesOf(entries, names)}`,
  'lease request': () => 'lease?',
  'lease grant': ({ durationMs, pending }) => {
    const held = pending.map(([bookId, number]) => `${bookId}#${number}`).join(' ');
    return `lease of ${durationMs.toFixed(0)} ms${held === '' ? '' : `, pending ${held}`}`;
  },
  'identity refused': () => 'identity refused',
  farewell: () => 'farewell',
  'catch-up': ({ since, byName }) => `catch-up since ${since}${byName ? ' by name' : ''}`,
  'caught up': ({ upTo, done, changes }) =>
    `caught up to ${upTo}${done ? ', done' : ''}, ${changes.length} changes`,
  'changes named': ({ upTo, done, changes }) =>
    `named up to ${upTo}${done ? ', done' : ''}, ${changes.length} changes`,
  forward: ({ bookId, operation }) => `forward ${describeOperation(operation)} on ${bookId}`,
  forwarded: ({ result }) => `forwarded: ${describeSubmit(result)}`,
};

function describePeerMessage(body: PeerMessage, names: Names): string {
  const describer = DESCRIBERS[body.kind] as (body: PeerMessage, names: Names) => string;
  return describer(body, names);
}
