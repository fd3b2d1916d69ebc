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
    case 'restock':
      return `restock[${operationId}] ${operation.copies}`;
    case 'sale':
      return `sale[${operationId}] ${operation.copies}`;
    case 'edit': {
      const expected = operation.expectedSequenceNumber;
      return `edit[${operationId}] ${JSON.stringify(operation.changes)}${expected === null ? '' : ` if at ${expected}`}`;
    }
    default:
      return kind satisfies never;
  }
}

export function describeAnswer(answered: Answered): string {
  switch (answered.kind) {
    case 'looked up':
      return describeRead(answered.result);
    case 'searched':
      return `${answered.books.map(({ id, title }) => `${id}:${title}`).join(' ')}${answered.alone ? ' alone' : ''}`;
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
  const alone = result.alone ? ' alone' : '';
  if (result.kind === 'not found') return `not found${alone}`;
  const { title, topic, quantity, priceCents } = result.book;
  return `#${result.sequenceNumber} ${title}/${topic} ${quantity} copies at ${priceCents}${alone}`;
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

function describePeerMessage(body: PeerMessage, names: Names): string {
  const ballot = 'ballot' in body ? describeBallot(body.ballot, names) : '';
  switch (body.kind) {
    case 'check':
      return `check ${body.bookId} under ${ballot}, has #${body.committed}`;
    case 'check ok': {
      const { pending } = body;
      const held =
        pending === null
          ? ''
          : `, pending ${describeEntry(pending.entry, names)} under ${describeBallot(pending.ballot, names)}`;
      return `check ok ${body.bookId} under ${ballot}, has #${body.committed}${held}${entriesOf(body.newer, names)}`;
    }
    case 'conflict':
      return `conflict ${body.bookId}: ${ballot} < ${describeBallot(body.promised, names)}, has #${body.committed}${entriesOf(body.newer, names)}`;
    case 'update':
      return `update ${body.bookId} under ${ballot} ${describeEntry(body.entry, names)}${entriesOf(body.before, names)}`;
    case 'update ok': {
      const leases = body.leases.map(
        ({ holder, remainingMs }) => `${names.get(holder) ?? '?'} ${remainingMs.toFixed(0)}`,
      );
      return `ok ${body.bookId} #${body.sequenceNumber} under ${ballot}, leases [${leases.join(', ')}]`;
    }
    case 'update committed':
      return `committed already ${body.bookId} under ${ballot}, has #${body.committed}${entriesOf(body.entries, names)}`;
    case 'behind':
      return `behind ${body.bookId} under ${ballot}, has #${body.committed}`;
    case 'commit':
      return `commit ${body.bookId} #${body.sequenceNumber} under ${ballot}${body.token === null ? '' : ' with token'}`;
    case 'get':
      return `get ${body.bookId}, has #${body.committed}`;
    case 'got':
      return `got ${body.bookId} #${body.committed}${body.valid ? ' valid' : ''}${entriesOf(body.entries, names)}`;
    case 'fetch':
      return `fetch ${body.bookId} above #${body.committed}`;
    case 'fetched':
      return `fetched ${body.bookId} #${body.committed}${entriesOf(body.entries, names)}`;
    case 'lease request':
      return `lease?`;
    case 'lease grant': {
      const barred = body.pending.map(([bookId, number]) => `${bookId}#${number}`).join(' ');
      return `lease of ${body.durationMs.toFixed(0)} ms${barred === '' ? '' : `, pending ${barred}`}`;
    }
    case 'identity refused':
    case 'farewell':
      return body.kind;
    case 'catch-up':
      return `catch-up since ${body.since}`;
    case 'caught up':
      return `caught up to ${body.upTo}${body.done ? ', done' : ''}, ${body.changes.length} changes`;
    case 'forward':
      return `forward ${describeOperation(body.operation)} on ${body.bookId}`;
    case 'forwarded':
      return `forwarded: ${describeSubmit(body.result)}`;
    default:
      return body satisfies never;
  }
}
