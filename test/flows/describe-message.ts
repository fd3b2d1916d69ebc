import { type PeerMessage } from '../../src/core/replication/messages.js';
import { type Ballot, type Entry, type Pending, type ReplicaId } from '../../src/core/replication/types.js';
import { type Sent, type VirtualCluster } from '../support/virtual-cluster.js';

const NAMES = 'ABCDE';

/** Messages in few words, for the golden files: replicas are A, B, C; leases and catching up are left out unless asked for. */
export class Trace {
  readonly #lines: string[] = [];
  readonly #startedAt: number;
  #read: number;

  constructor(private readonly cluster: VirtualCluster) {
    this.#startedAt = cluster.now;
    this.#read = cluster.sent.length;
  }

  /** A line of the story itself. */
  say(text: string): this {
    this.#flush();
    this.#lines.push(`${this.#time(this.cluster.now)}  ${text}`);
    return this;
  }

  text(): string {
    this.#flush();
    return this.#lines.join('\n') + '\n';
  }

  #flush(): void {
    const { sent } = this.cluster;
    for (; this.#read < sent.length; this.#read++) {
      const message = sent[this.#read] as Sent;
      const words = this.#words(message.body);
      if (words === null) continue;
      const lost = message.lost ? '   (lost)' : '';
      this.#lines.push(
        `${this.#time(message.atMs)}    ${NAMES[message.from]} -> ${NAMES[message.to]}  ${words}${lost}`,
      );
    }
  }

  #time(atMs: number): string {
    return `${atMs - this.#startedAt} ms`.padStart(8);
  }

  #words(body: PeerMessage): string | null {
    switch (body.kind) {
      case 'check':
        return `check book ${body.bookId}, ballot ${this.#ballot(body.ballot)}, committed ${body.committed}`;
      case 'check ok':
        return `ok to check ${this.#ballot(body.ballot)}, committed ${body.committed}${this.#pending(body.pending)}${newer(body.newer)}`;
      case 'conflict':
        return `conflict with ${this.#ballot(body.ballot)}: promised ${this.#ballot(body.promised)}, committed ${body.committed}${newer(body.newer)}`;
      case 'update':
        return `update book ${body.bookId}, ballot ${this.#ballot(body.ballot)}, ${entry(body.entry)}${newer(body.before)}`;
      case 'update ok': {
        const holders = body.leases.map(({ holder }) => this.#name(holder)).join(', ');
        return `ok to update ${body.sequenceNumber}, ballot ${this.#ballot(body.ballot)}; leases granted to ${holders}`;
      }
      case 'update committed':
        return `committed already up to ${body.committed}${newer(body.entries)}`;
      case 'behind':
        return `behind: committed ${body.committed}`;
      case 'commit':
        return `commit book ${body.bookId}, ${body.sequenceNumber}, ballot ${this.#ballot(body.ballot)}${body.token === null ? '' : ', with your token'}`;
      case 'get':
        return `get book ${body.bookId}, committed ${body.committed}, asked so far ${body.asked.map((id) => this.#name(id)).join(', ')}`;
      case 'got':
        return `got book ${body.bookId}: ${body.valid ? 'valid' : 'not valid'}, committed ${body.committed}${newer(body.entries)}`;
      case 'fetch':
        return `fetch book ${body.bookId}, committed ${body.committed}`;
      case 'fetched':
        return `fetched book ${body.bookId}, committed ${body.committed}${newer(body.entries)}`;
      case 'forward':
        return `forward ${operation(body.operation)} of book ${body.bookId}`;
      case 'forwarded':
        return `forwarded: ${body.result.kind === 'decided' ? body.result.outcome.kind : body.result.kind}`;
      case 'discharge':
        return `discharge of ${this.#name(body.holder)} from update ${body.sequenceNumber} of book ${body.bookId}`;
      case 'lease request':
      case 'lease grant':
      case 'identity refused':
      case 'catch-up':
      case 'caught up':
      case 'changes named':
      case 'farewell':
        return null;
    }
  }

  #ballot({ round, replicaId }: Ballot): string {
    return `${round}.${this.#name(replicaId)}`;
  }

  #pending(pending: Pending | null): string {
    return pending === null
      ? ''
      : `, pending ${pending.entry.sequenceNumber} under ${this.#ballot(pending.ballot)}`;
  }

  #name(replicaId: ReplicaId): string {
    const position = [...NAMES].findIndex((_, index) => this.cluster.idAt(index) === replicaId);
    return NAMES[position] ?? '?';
  }
}

function newer(entries: readonly Entry[]): string {
  return entries.length === 0 ? '' : `; newer: ${entries.map(entry).join('; ')}`;
}

function entry({ sequenceNumber, decided }: Entry): string {
  const what = decided.map((each) => `${operation(each.operation)} ${each.outcome.kind}`).join(', ');
  return `entry ${sequenceNumber} (${what === '' ? 'empty' : what})`;
}

function operation({ kind, operationId }: { kind: string; operationId: string }): string {
  return `${kind} ${operationId}`;
}
