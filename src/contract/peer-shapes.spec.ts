import { monotonic as at } from '../core/clocks.js';
import fc from 'fast-check';
import { VirtualCluster } from '../../test/support/virtual-cluster.js';
import { type Envelope, type PeerMessage } from '../core/replication/messages.js';
import { highestRound } from '../core/replication/round-limit.js';
import { CATALOGUE, type Ballot, type Entry, type Operation } from '../core/replication/types.js';
import { envelopeShape } from './peer-shapes.js';
import { Mistake } from './shapes.js';

const NOW = 1_800_000_000_000;

/** What is wrong with it, and where; null when nothing is. */
function envelopeMistake(value: unknown, wallClockMs: number): string | null {
  try {
    expect(envelopeShape(() => wallClockMs)(value)).toBe(value);
    return null;
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
}

const ballot: Ballot = { round: 3, replicaId: '000000002-b', startNumber: 1 };
const sale: Operation = { kind: 'sale', operationId: 'k', copies: 2, expectedPriceCents: 1_500 };
const book = { title: 'Xen', topic: 'S', priceCents: 1_500, quantity: 9, isbn: null, author: 'A' };
const sold = { kind: 'sold', orderId: '0abc', priceCents: 1_500, at: NOW, oversold: 1 } as const;
const entry: Entry = {
  sequenceNumber: 5,
  origin: ballot,
  decided: [
    { operation: sale, outcome: sold },
    { operation: { kind: 'create', operationId: 'c', book }, outcome: { kind: 'created', bookId: 8 } },
    {
      operation: { kind: 'edit', operationId: 'e', changes: { quantity: 3 }, expectedSequenceNumber: 4 },
      outcome: { kind: 'precondition failed' },
    },
    { operation: { kind: 'restock', operationId: 'r', copies: 1 }, outcome: { kind: 'restocked' } },
  ],
};
const token = { startNumber: 1, at: at(12.5) };
const standing = { alone: false, merged: false };

/** One of each kind; a kind that is missing does not compile. */
const SAMPLES: { readonly [K in PeerMessage['kind']]: Omit<Extract<PeerMessage, { kind: K }>, 'kind'> } = {
  check: { bookId: 1, ballot, committed: -1 },
  'check ok': { bookId: 1, ballot, committed: 4, pending: { ballot, entry }, newer: [entry] },
  conflict: { bookId: 1, ballot, promised: ballot, committed: 4, newer: [] },
  update: { bookId: 1, ballot, entry, before: [entry] },
  'update ok': {
    bookId: 1,
    ballot,
    sequenceNumber: 5,
    leases: [{ holder: '000000001-a', remainingMs: 300.5 }],
    token,
  },
  'update committed': { bookId: 1, ballot, committed: 5, entries: [entry] },
  discharge: { bookId: 1, ballot, sequenceNumber: 5, holder: '000000001-a' },
  behind: { bookId: 1, ballot, committed: 2 },
  commit: { bookId: 1, sequenceNumber: 5, ballot, token },
  get: { requestId: 2 ** 33, bookId: 1, committed: 4, asked: ['000000001-a'] },
  got: { requestId: 2 ** 33, bookId: 1, committed: 4, entries: [entry], valid: true },
  fetch: { bookId: 1, committed: 4 },
  fetched: { bookId: 1, committed: 4, entries: [entry] },
  'lease request': {
    sentAt: at(0.25),
    life: 'x',
    standing,
    joined: true,
    lastChange: 7,
    barred: [[1, 5, ballot]],
  },
  'lease grant': {
    sentAt: at(0.25),
    toLife: 'x',
    standing,
    durationMs: 500,
    pending: [[1, 5, ballot, false]],
  },
  'identity refused': { life: 'x', knownStart: Number.MAX_SAFE_INTEGER, knownChange: 0 },
  'catch-up': { requestId: 1, since: 0, byName: true },
  'caught up': {
    requestId: 1,
    changes: [{ change: 1, bookId: 1, entry }],
    upTo: 1,
    done: true,
    pending: [[1, 5, ballot, true]],
  },
  'changes named': {
    requestId: 1,
    changes: [{ change: 1, bookId: 1, sequenceNumber: 5 }],
    upTo: 1,
    done: false,
  },
  forward: { requestId: 1, bookId: 1, operation: sale, remainingMs: 1_000 },
  forwarded: {
    requestId: 1,
    result: {
      kind: 'decided',
      operation: sale,
      outcome: sold,
      entryNumber: 5,
      bookId: 1,
      sequenceNumber: 6,
      book,
    },
  },
  farewell: { life: 'x' },
};

type Path = readonly (string | number)[];
const envelopes = Object.entries(SAMPLES).map(([kind, fields]) => {
  const body = { kind, ...fields } as unknown as PeerMessage;
  return { from: '000000001-a', fromStart: 1, fromPosition: 0, to: '000000002-b', body } satisfies Envelope;
});

function pathsIn(value: unknown, path: Path = []): { path: Path; value: unknown }[] {
  const inner =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, each]) => pathsIn(each, [...path, key]))
      : [];
  return path.length === 0 ? inner : [{ path, value }, ...inner];
}

/** A copy with another value at that place; left out for undefined. */
function changed(value: unknown, [head, ...rest]: Path, other: unknown): unknown {
  if (head === undefined) return other;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...(value as unknown[])] as unknown as Record<string, unknown>)
    : { ...(value as Record<string, unknown>) };
  copy[head] = changed(copy[head], rest, other);
  if (copy[head] === undefined && !Array.isArray(copy)) delete copy[head];
  return copy;
}

const FIELDS = envelopes.flatMap((envelope) =>
  pathsIn(envelope).map(({ path, value }) => ({ envelope, path, value, name: String(path.at(-1)) })),
);
/** May be left out. */
const OPTIONAL = new Set(['oversold', 'title', 'topic', 'priceCents', 'quantity']);
const NULLABLE = new Set(['to', 'pending', 'token', 'isbn', 'author', 'book']);
const EXPECTED = new Set(['expectedPriceCents', 'expectedSequenceNumber']);
/** All of whose fields may be left out. */
const isChanges = (value: unknown, name: string): boolean => name === 'changes' && !Array.isArray(value);

/** A page of a catch-up need not name what is pending. */
const isPage = (value: unknown, name: string): boolean => name === 'pending' && Array.isArray(value);

/** Values of other types; undefined: the field is left out. */
function othersThan(value: unknown, name: string): unknown[] {
  const mayBeNull = (NULLABLE.has(name) && !isPage(value, name)) || EXPECTED.has(name);
  const mayBeText = typeof value === 'string' || name === 'isbn' || name === 'author';
  const mayBeLeftOut = OPTIONAL.has(name) || isPage(value, name) || /^\d+$/.test(name);
  return [
    ...(mayBeNull ? [] : [null]),
    ...(isChanges(value, name) ? [] : [{}]),
    ...(mayBeText ? [] : ['1']),
    ...(typeof value === 'boolean' ? [] : [true]),
    ...(typeof value === 'number' ? [] : [1]),
    ...(Array.isArray(value) ? [{ length: 0 }, { 0: 1 }] : [[[]]]),
    ...(mayBeLeftOut ? [] : [undefined]),
  ];
}
const BELOW_ZERO = new Set(['committed', 'sequenceNumber', 'quantity', 'at']);
const TIMES = new Set(['at', 'sentAt', 'durationMs', 'remainingMs']);

describe('messages between catalogs', () => {
  it('name successors, but none of the future', () => {
    const [farewell] = envelopes.filter(({ body }) => body.kind === 'farewell');
    const naming = (replicaId: unknown) => ({
      ...farewell,
      successors: [{ place: 'http://c', replicaId, givenUp: false }],
    });
    expect(envelopeMistake(naming('000000003-c'), NOW)).toBeNull();
    expect(envelopeMistake(naming('zzzzzzzzz-c'), NOW)).toContain('successors');
    expect(envelopeMistake(naming(null), NOW)).toContain('successors');
  });

  it.each(envelopes)('$body.kind passes as it is, and with a field that is not known yet', (envelope) => {
    expect(envelopeMistake(envelope, NOW)).toBeNull();
    const later = { ...envelope, added: 1, body: { ...envelope.body, added: [1] } };
    expect(envelopeMistake(later, NOW)).toBeNull();
  });

  it('refuses another type at every place, and says where', () => {
    for (const { envelope, path, value, name } of FIELDS) {
      for (const other of othersThan(value, name)) {
        const mistake = envelopeMistake(changed(envelope, path, other), NOW);
        if (mistake === null) throw new Error(`${path.join('.')} took ${JSON.stringify(other)}`);
        expect(mistake).toMatch(/^(from|fromStart|fromPosition|to|body)[. ]/);
      }
    }
  });

  it('refuses numbers out of range at every place', () => {
    const numbers = FIELDS.filter(({ value }) => typeof value === 'number');
    for (const { envelope, path, name } of numbers) {
      const isOrigin = path.includes('origin') && name === 'round';
      const wrong = [
        NaN,
        Infinity,
        -Infinity,
        -1e308,
        ...(isOrigin ? [] : [1e308, 2 ** 53]),
        ...(BELOW_ZERO.has(name) ? [] : [-1]),
        ...(TIMES.has(name) || isOrigin ? [] : [0.5]),
      ];
      for (const other of wrong) {
        if (envelopeMistake(changed(envelope, path, other), NOW) === null) {
          throw new Error(`${path.join('.')} took ${other}`);
        }
      }
    }
  });

  it('refuses texts and lists that are too long, and kinds that nobody knows', () => {
    for (const { envelope, path, value } of FIELDS) {
      if (typeof value === 'string') {
        expect(envelopeMistake(changed(envelope, path, 'a'.repeat(10_001)), NOW)).not.toBeNull();
      }
      if (Array.isArray(value)) {
        const long = Array.from({ length: 200_001 }, () => value[0] as unknown);
        expect(envelopeMistake(changed(envelope, path, long), NOW)).not.toBeNull();
      }
      if (path.at(-1) === 'kind') {
        for (const kind of ['gossip', 'toString', '__proto__', '']) {
          expect(envelopeMistake(changed(envelope, path, kind), NOW)).not.toBeNull();
        }
      }
    }
  });

  it('takes a round as far as the clock is, and no identity of the future', () => {
    const check = (round: number) => ({
      ...envelopes[0],
      body: { kind: 'check', bookId: 1, committed: 0, ballot: { ...ballot, round } },
    });
    expect(envelopeMistake(check(highestRound(NOW)), NOW)).toBeNull();
    expect(envelopeMistake(check(highestRound(NOW) + 1), NOW)).toMatch(/^body\.ballot\.round must/);
    expect(envelopeMistake({ ...envelopes[0], from: 'zzzzzzzzz-z' }, NOW)).toMatch(/future/);
    expect(envelopeMistake({ ...envelopes[0], from: 'Zed' }, NOW)).toMatch(/^from must be/);
  });

  it('says what is wrong, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(typeof envelopeMistake(value, NOW)).toBe('string');
      }),
    );
    const field = fc.constantFrom(...FIELDS);
    fc.assert(
      fc.property(field, fc.anything(), ({ envelope, path }, other) => {
        const mistake = envelopeMistake(changed(envelope, path, other), NOW);
        expect(mistake === null || /^(from|fromStart|fromPosition|to|body)[. ]/.test(mistake)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('passes all that replicas say, of every kind that they come to say', () => {
    const said = new Set<string>();
    const cluster = new VirtualCluster(3);
    const create: Operation = { kind: 'create', operationId: 'create', book };
    cluster.ready().submit(0, CATALOGUE, create);
    for (let number = 0; number < 12; number++) {
      const lost = number % 4;
      cluster.loses = (from, to) => number % 3 === 0 && (from === lost || to === lost);
      cluster.submit(number % 3 === lost ? (lost + 1) % 3 : number % 3, 1, {
        ...sale,
        operationId: `${number}`,
      });
    }
    cluster.loses = () => false;
    cluster.crash(2);
    cluster.submit(0, 1, { kind: 'restock', operationId: 'more', copies: 3 });
    cluster.start(2);
    cluster.ready().settled();
    for (const { from, body } of cluster.sent) {
      said.add(body.kind);
      const envelope: Envelope = {
        from: cluster.idAt(from) as string,
        fromStart: 1,
        fromPosition: from,
        to: null,
        body,
      };
      expect(envelopeMistake(JSON.parse(JSON.stringify(envelope)), cluster.now)).toBeNull();
    }
    expect(said.size).toBeGreaterThan(12);
  });

  /** What passes may be a lie; it must not end a replica's life, nor keep a book from being sold for ever. */
  it('leaves a replica that goes on selling, whatever passes', () => {
    const cluster = new VirtualCluster(3).ready();
    cluster.submit(0, CATALOGUE, {
      kind: 'create',
      operationId: 'create',
      book: { ...book, quantity: 10 ** 6 },
    });
    cluster.settled().synced();
    let sales = 0;
    const toLife = (body: PeerMessage, at: number): PeerMessage => {
      const asked = cluster.sent.findLast(({ from, body }) => from === at && body.kind === 'lease request');
      return body.kind === 'lease grant' && asked?.body.kind === 'lease request'
        ? { ...body, toLife: asked.body.life }
        : body;
    };
    const hostile = fc.oneof(
      fc.constantFrom(0, 1, 2, 5, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER, null, true, false, '', []),
      fc.integer({ min: -1, max: 20 }),
      fc.double({ noNaN: true }),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), hostile, fc.nat(2), fc.nat(1), (field, other, at, by) => {
        const sender = (at + 1 + by) % 3;
        const { body } = changed(
          { ...field.envelope, body: toLife(field.envelope.body, at) },
          field.path,
          other,
        ) as Envelope;
        const ids = { from: cluster.idAt(sender) as string, to: cluster.idAt(at) as string };
        // Entries that are made up change the books: what is written is the sender's affair.
        const isWriting = JSON.stringify(body)?.includes('"decided":[') ?? true;
        const forged = { ...ids, fromStart: 1, fromPosition: sender, body };
        if (isWriting || envelopeMistake(forged, cluster.now) !== null) return;
        cluster.replica(at).receive(JSON.parse(JSON.stringify(forged)) as Envelope);
        cluster.run(50);
        expect(
          cluster.submit(at, 1, { ...sale, operationId: `s${sales++}`, expectedPriceCents: null }),
        ).toMatchObject({ outcome: { kind: 'sold' } });
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it('has an entry that is pending nowhere, far above the ledger, cost no more than one empty entry', () => {
    const cluster = new VirtualCluster(3).ready();
    cluster.submit(0, CATALOGUE, { kind: 'create', operationId: 'create', book });
    cluster.settled().synced();
    const asked = cluster.sent.findLast(({ from, body }) => from === 1 && body.kind === 'lease request');
    if (asked?.body.kind !== 'lease request') throw new Error('replica 1 asked for no lease');
    const grant = SAMPLES['lease grant'];
    cluster.replica(1).receive({
      from: cluster.idAt(0) as string,
      fromStart: 1,
      fromPosition: 0,
      to: cluster.idAt(1) as string,
      body: {
        ...grant,
        kind: 'lease grant',
        sentAt: asked.body.sentAt,
        toLife: asked.body.life,
        pending: [[1, Number.MAX_SAFE_INTEGER, ballot, false]],
      },
    });
    cluster.run(5_000);
    expect(cluster.replica(1).recordStatus(1).committed).toBeLessThanOrEqual(1);
    expect(cluster.submit(1, 1, sale)).toMatchObject({ outcome: { kind: 'sold' } });
  });
});
