import { type PeerMessage } from '../../core/replication/messages.js';
import { type Entry, type Operation } from '../../core/replication/types.js';
import { type MessageWords } from '../../core/tracing/events.js';

/** A message of the protocol for people, as the ops page draws it; null for those that concern no single book. */
export function wordsOf(body: PeerMessage): MessageWords | null {
  const words = (
    sequenceNumber: number | null = null,
    note: string | null = null,
    ballot = 'ballot' in body ? body.ballot : null,
  ): MessageWords => ({ kind: body.kind, sequenceNumber, ballot, note });
  switch (body.kind) {
    case 'check':
      return words(body.committed, 'has committed');
    case 'check ok':
      return words(body.committed, body.pending === null ? newer(body.newer) : 'holds an entry pending');
    case 'conflict':
      return words(body.committed, newer(body.newer), body.promised);
    case 'update':
      return words(body.entry.sequenceNumber, decidedIn(body.entry));
    case 'update ok':
      return words(body.sequenceNumber, 'stored and synced');
    case 'update committed':
      return words(body.committed, 'has it already');
    case 'behind':
      return words(body.committed, 'lacks entries');
    case 'commit':
      return words(body.sequenceNumber, body.token === null ? null : 'may be marked as valid');
    case 'discharge':
      return words(body.sequenceNumber, 'a holder gave up its mark');
    case 'get':
      return words(body.committed, 'who has a valid copy?');
    case 'got':
      return words(body.committed, body.valid ? 'valid' : 'not valid');
    case 'fetch':
      return words(body.committed, 'what comes after?');
    case 'fetched':
      return words(body.committed, newer(body.entries));
    case 'forward':
      return words(null, operationWords(body.operation));
    case 'forwarded':
      return words(null, body.result.kind === 'decided' ? body.result.outcome.kind : body.result.kind);
    case 'lease request':
    case 'lease grant':
    case 'identity refused':
    case 'catch-up':
    case 'caught up':
    case 'changes named':
    case 'farewell':
      return null;
    default:
      return body satisfies never;
  }
}

function newer(entries: readonly Entry[]): string | null {
  return entries.length === 0 ? null : `${entries.length} newer`;
}

function decidedIn({ decided }: Entry): string {
  const [first, ...others] = decided;
  if (first === undefined) return 'empty entry';
  const words = `${operationWords(first.operation)}: ${first.outcome.kind}`;
  return others.length === 0 ? words : `${words} and ${others.length} more`;
}

function operationWords(operation: Operation): string {
  return 'copies' in operation ? `${operation.kind} of ${operation.copies}` : operation.kind;
}
