import {
  type Ballot,
  type Book,
  type Entry,
  type Pending,
  type StoredRecord,
} from '../../core/replication/types.js';
import { type Checksum, checksumOfBook, checksumOfPromise, checksumOfText, expectFit } from './checksums.js';
import { Damage } from './damage.js';

/** Of a damaged entry, so that a person finds it. */
const SHOWN = 60;

/** A record with its topic and its pending entry, as `SELECT_RECORD` joins them. */
export interface RecordRow {
  readonly id: number;
  readonly committed: number;
  readonly version: number;
  readonly title: string | null;
  readonly topic: string | null;
  readonly price_cents: number;
  readonly quantity: number;
  readonly isbn: string | null;
  readonly author: string | null;
  readonly claim: number | null;
  /** 0 or 1. */
  readonly hidden: number;
  readonly promised_round: number | null;
  readonly promised_replica: string | null;
  readonly promised_start: number;
  readonly round: number;
  readonly replica_id: string;
  readonly start_number: number;
  readonly entry: string | null;
  readonly checksum: Checksum;
  readonly promised_checksum: Checksum;
  readonly pending_checksum: Checksum;
}

/** An entry as it is stored. */
export interface EntryText {
  readonly entry: string;
  readonly checksum: Checksum;
}

export const SELECT_RECORD = `
  SELECT book.id, book.committed, version, title, topic.name AS topic, price_cents, quantity, isbn, author, claim,
    hidden_topic_id IS NOT NULL AS hidden,
    promised_round, promised_replica, promised_start, round, replica_id, start_number, entry,
    book.checksum, promised_checksum, pending.checksum AS pending_checksum
  FROM book LEFT JOIN topic ON topic.id = coalesce(topic_id, hidden_topic_id) LEFT JOIN pending ON pending.book_id = book.id
  WHERE book.id = ?`;

/** Throws `Damage`. */
export function recordOf(row: RecordRow): StoredRecord {
  const { id, committed, version } = row;
  const book = bookOf(row);
  const promised = promisedOf(row);
  expectFit(checksumOfBook(id, committed, book), row.checksum, () => `book ${id}`);
  if (promised !== null) {
    expectFit(checksumOfPromise(id, promised), row.promised_checksum, () => `the promise for book ${id}`);
  }
  return { committed, version, book, promised, pending: pendingOf(row) };
}

/** Throws `Damage`. */
export function entryOf({ entry, checksum }: EntryText): Entry {
  expectFit(checksumOfText(entry), checksum, () => `an entry (${entry.slice(0, SHOWN)} …)`);
  try {
    return JSON.parse(entry) as Entry;
  } catch {
    throw new Damage(`an entry cannot be read (${entry.slice(0, SHOWN)} …)`);
  }
}

function bookOf(row: RecordRow): Book | null {
  const { title, topic, price_cents: priceCents, quantity, isbn, author, claim, hidden } = row;
  if (title === null || topic === null) return null;
  return {
    title,
    topic,
    priceCents,
    quantity,
    isbn,
    author,
    ...(claim !== null && { claim }),
    ...(hidden === 1 && { hidden: true }),
  };
}

function promisedOf({
  promised_round: round,
  promised_replica: replicaId,
  promised_start,
}: RecordRow): Ballot | null {
  if (round === null || replicaId === null) return null;
  return { round, replicaId, startNumber: promised_start };
}

function pendingOf({
  round,
  replica_id: replicaId,
  start_number: startNumber,
  entry,
  pending_checksum: checksum,
}: RecordRow): Pending | null {
  if (entry === null) return null;
  return { ballot: { round, replicaId, startNumber }, entry: entryOf({ entry, checksum }) };
}
