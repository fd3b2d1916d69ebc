import fc from 'fast-check';
import { type Change, type Entry } from '../replication/types.js';
import { readCursor, writeCursor } from './feed-cursor.js';
import { Feed, type FeedPage, type FeedStore, type Teller } from './feed.js';

type Name = `${number}/${number}`;

const origin = { round: 1, replicaId: 'x-store', startNumber: 1 };
const creation = (books: readonly number[]): Entry => ({
  sequenceNumber: 1,
  origin,
  decided: books.map((bookId) => ({
    operation: {
      kind: 'create',
      operationId: `create ${bookId}`,
      book: { title: `Book ${bookId}`, topic: 'T', priceCents: 1, quantity: 9, isbn: null, author: null },
    },
    outcome: { kind: 'created', bookId },
  })),
});
const restock = (sequenceNumber: number): Entry => ({
  sequenceNumber,
  origin,
  decided: [
    {
      operation: { kind: 'restock', operationId: `${sequenceNumber}`, copies: 1 },
      outcome: { kind: 'restocked' },
    },
  ],
});
const refusal = (sequenceNumber: number): Entry => ({
  sequenceNumber,
  origin,
  decided: [
    {
      operation: { kind: 'sale', operationId: `no ${sequenceNumber}`, copies: 1, expectedPriceCents: null },
      outcome: { kind: 'out of stock' },
    },
  ],
});

/** A replica's ledgers in the order in which it committed. */
class Replica implements FeedStore {
  readonly log: Change[] = [];
  cursors = new Map<string, number>();
  readonly feed = new Feed(this);
  /** What is safe on disk. */
  durable = 0;
  private safeCursors = new Map<string, number>();
  private lives = 1;

  constructor(
    readonly id: string,
    readonly position: number,
  ) {}

  get teller(): Teller {
    return {
      replicaId: this.id,
      startNumber: this.lives,
      position: this.position,
      peerIds: [...this.cursors.keys()],
      upTo: this.durable,
    };
  }

  sync(): void {
    this.durable = this.log.length;
    this.safeCursors = new Map(this.cursors);
  }
  crash(): void {
    this.log.length = this.durable;
    this.cursors = new Map(this.safeCursors);
    this.lives += 1;
  }
  commit(bookId: number, entry: Entry): void {
    this.log.push({ change: this.log.length + 1, bookId, entry });
  }
  has(bookId: number, number: number): boolean {
    return this.log.some((each) => each.bookId === bookId && each.entry.sequenceNumber === number);
  }
  /** C1: learns what the other has, and notes how far that is. */
  catchUpWith(other: Replica, most: number): void {
    for (const { change, bookId, entry } of other.changes(this.cursor(other.id), most)) {
      if (!this.has(bookId, entry.sequenceNumber)) this.commit(bookId, entry);
      this.cursors.set(other.id, change);
    }
  }

  changes(since: number, limit: number): Change[] {
    return this.log.filter(({ change }) => change > since).slice(0, limit);
  }
  lastChange(): number {
    return this.log.length;
  }
  cursor(peer: string): number {
    return this.cursors.get(peer) ?? 0;
  }
  entries(bookId: number, from: number, limit: number): Entry[] {
    const own = this.log.filter((each) => each.bookId === bookId).map(({ entry }) => entry);
    const [, ...genesis] = bookId === 0 ? [] : [0, ...creation([bookId]).decided];
    const first = genesis.length === 0 ? [] : [{ sequenceNumber: 0, origin, decided: genesis }];
    return [...first, ...own].filter(({ sequenceNumber }) => sequenceNumber >= from).slice(0, limit);
  }
  changeOf(operationId: string): number | undefined {
    return this.log.find(({ entry }) =>
      entry.decided.some(({ operation }) => operation.operationId === operationId),
    )?.change;
  }
  hold(): undefined {
    return undefined;
  }
}

function pageOf(
  replica: Replica,
  since: string | null,
  limit = 100,
  anyway = true,
): FeedPage & { names: Name[]; text: string } {
  const cursor = since === null || since === 'now' ? since : readCursor(since);
  const answer = replica.feed.page(cursor, limit, anyway, replica.teller);
  if (answer.kind !== 'page') throw new Error(answer.kind);
  const names = answer.page.items.map(({ change }): Name => `${change.bookId}/${change.number}`);
  return { ...answer.page, names, text: writeCursor(answer.page.next) };
}

function three(): [Replica, Replica, Replica] {
  return [new Replica('1-aa', 0), new Replica('1-bb', 1), new Replica('1-cc', 2)];
}

describe('the feed of one replica', () => {
  it('tells what was committed and is safe on disk, in its order, and nothing of what was refused', () => {
    const [a] = three();
    a.commit(0, creation([1, 2]));
    a.commit(1, restock(1));
    a.commit(1, refusal(2));
    a.commit(1, restock(3));
    a.durable = 3;
    const page = pageOf(a, null);
    expect(page.names).toEqual(['1/0', '2/0', '1/1']);
    expect(page.more).toBe(false);
    a.durable = 4;
    expect(pageOf(a, page.text).names).toEqual(['1/3']);
  });

  it('goes on in the middle of an entry that creates several books', () => {
    const [a] = three();
    a.commit(0, creation([1, 2, 3]));
    a.durable = 1;
    const told: Name[] = [];
    let since: string | null = null;
    for (let pages = 0; pages < 4; pages += 1) {
      const page = pageOf(a, since, 1);
      told.push(...page.names);
      since = page.text;
    }
    expect(told).toEqual(['1/0', '2/0', '3/0']);
  });

  it('tells the creation before what came here before it', () => {
    const [a] = three();
    a.commit(0, { ...creation([9]), sequenceNumber: 1 });
    a.commit(1, restock(1));
    a.commit(1, restock(2));
    a.commit(0, { ...creation([1]), sequenceNumber: 2 });
    a.durable = 4;
    expect(pageOf(a, null).names).toEqual(['9/0', '1/0', '1/1', '1/2', '1/0']);
  });

  it('does not know cursors of other bookstores, or from ahead', () => {
    const [a, b] = three();
    a.commit(0, creation([1]));
    b.commit(0, { ...creation([1]), origin: { ...origin, replicaId: 'x-other' } });
    a.durable = 1;
    b.durable = 1;
    const own = pageOf(a, null);
    const others = pageOf(b, null);
    const ahead = { ...own.next, told: new Map([['aa', 7]]) };
    for (const cursor of [others.next, ahead])
      expect(a.feed.page(cursor, 1, true, a.teller)).toEqual({ kind: 'cursor unknown' });
  });

  it('is told by another where that need not begin at the beginning', () => {
    const [a, b] = three();
    a.commit(0, creation([1]));
    a.durable = 1;
    const { next } = pageOf(a, null);
    b.catchUpWith(a, 10);
    b.durable = 1;
    expect(b.feed.page(next, 1, false, b.teller)).toEqual({ kind: 'elsewhere' });
    expect(pageOf(b, writeCursor(next)).names).toEqual(['1/0']);
  });

  it('tells little again after another one, once that has heard how far this one is', () => {
    const [a, b] = three();
    for (const replica of [a, b]) replica.commit(0, creation([1]));
    for (let number = 1; number <= 50; number += 1) {
      a.commit(1, restock(number));
      b.commit(1, restock(number));
      if (number === 40) a.catchUpWith(b, 1_000);
    }
    a.durable = a.log.length;
    b.durable = b.log.length;
    // The look at how far it had read of the other is good for what it commits from then on.
    const page = pageOf(a, null);
    a.commit(1, restock(51));
    a.durable = a.log.length;
    const { text } = pageOf(a, page.text);
    expect(pageOf(b, text).names).toEqual(Array.from({ length: 10 }, (_, at) => `1/${41 + at}`));
  });

  it('forgets with a crash what it had read of others', () => {
    const [a, b] = three();
    for (const replica of [a, b]) {
      replica.commit(0, creation([1, 2]));
      replica.sync();
    }
    b.commit(1, restock(1));
    b.sync();
    a.catchUpWith(b, 10);
    const { text } = pageOf(a, null);
    a.crash();
    a.commit(2, restock(1));
    a.commit(2, restock(2));
    a.sync();
    expect(pageOf(b, pageOf(a, text).text).names).toContain('1/1');
  });

  it('begins with what comes when it is asked so', () => {
    const [a] = three();
    a.commit(0, creation([1]));
    a.durable = 1;
    const { names, text } = pageOf(a, 'now');
    a.commit(1, restock(1));
    a.durable = 2;
    expect([names, pageOf(a, text).names]).toEqual([[], ['1/1']]);
  });
});

describe('a cursor', () => {
  it.each([
    '',
    'abc',
    'v1.',
    'v1.a.0.0',
    'v1.a.0.0.b',
    'v1.a.0.0.b_1.b_2',
    `v1.a.0.0${'.b_1'.repeat(10)}`,
    'v1.a.0.0.b_zzzzzzzzzzz',
  ])('%j is none', (text) => expect(readCursor(text)).toBeNull());

  it('is read as it was written', () => {
    const told = new Map([
      ['b', 7],
      ['a', 5 ** 12],
    ]);
    const cursor = { ledger: 's', maker: 'b', position: 11, skipped: 3, told };
    expect(readCursor(writeCursor(cursor))).toEqual(cursor);
  });
});

/** What may happen: a commit somewhere, a catch-up, a sync, a crash of what is not safe, a page read from one of them. */
const step = fc.record({
  what: fc.constantFrom('commit', 'catch up', 'sync', 'crash', 'read', 'read'),
  at: fc.nat(2),
  other: fc.nat(2),
  book: fc.integer({ min: 1, max: 3 }),
  limit: fc.integer({ min: 1, max: 6 }),
});

describe('whoever tells next', () => {
  it('nothing is lost, and each book is told in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const replicas = three();
        const decided = new Map<number, number>();
        for (const replica of replicas) {
          replica.commit(0, creation([1, 2, 3]));
          replica.sync();
        }
        const seen = new Map<number, number[]>();
        let since: string | null = null;
        const read = (replica: Replica, limit: number): boolean => {
          const page = pageOf(replica, since, limit);
          since = page.text;
          for (const { change } of page.items) {
            const told = seen.get(change.bookId) ?? [];
            seen.set(change.bookId, told);
            if (change.number > (told.at(-1) ?? -1)) told.push(change.number);
          }
          return page.more;
        };
        for (const { what, at, other, book, limit } of steps) {
          const replica = replicas[at] as Replica;
          const peer = replicas[other] as Replica;
          switch (what) {
            case 'commit': {
              // By a quorum: the peer stores it safely at least, sooner or later.
              const number = (decided.get(book) ?? 0) + 1;
              if (!replica.has(book, number - 1) && number > 1) break;
              decided.set(book, number);
              replica.commit(book, restock(number));
              replica.sync();
              break;
            }
            case 'catch up':
              // Only what is safe is told to a peer.
              if (peer !== replica && peer.durable === peer.log.length) replica.catchUpWith(peer, limit);
              break;
            case 'sync':
              replica.sync();
              break;
            case 'crash':
              replica.crash();
              break;
            case 'read':
              read(replica, limit);
              break;
            default:
              what satisfies never;
          }
        }
        for (const replica of [...replicas, ...replicas]) {
          for (const peer of replicas) {
            peer.sync();
            if (peer !== replica) replica.catchUpWith(peer, 1_000);
          }
          replica.sync();
        }
        const last = replicas[steps.length % 3] as Replica;
        while (read(last, 5));
        for (const [book, number] of decided)
          expect(seen.get(book)).toEqual(Array.from({ length: number + 1 }, (_, each) => each));
      }),
      { numRuns: 300 },
    );
  });
});
