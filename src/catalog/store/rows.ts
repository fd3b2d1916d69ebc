import {
  type Ballot,
  type Book,
  type Entry,
  type Pending,
  type StoredRecord,
} from '../../core/replication/types.js';

/** A record with its topic and its pending entry, as `SELECT_RECORD` joins them. */
export interface RecordRow {
  readonly committed: number;
  readonly version: number;
  readonly title: string | null;
  readonly topic: string | null;
  readonly price_cents: number;
  readonly quantity: number;
  readonly isbn: string | null;
  readonly author: string | null;
  readonly promised_round: number | null;
  readonly promised_replica: string | null;
  readonly promised_start: number;
  readonly round: number;
  readonly replica_id: string;
  readonly start_number: number;
  readonly entry: string | null;
}

export const SELECT_RECORD = `
  SELECT book.committed, version, title, topic.name AS topic, price_cents, quantity, isbn, author,
    promised_round, promised_replica, promised_start, round, replica_id, start_number, entry
  FROM book LEFT JOIN topic ON topic.id = topic_id LEFT JOIN pending ON pending.book_id = book.id
  WHERE book.id = ?`;

export function recordOf(row: RecordRow): StoredRecord {
  return {
    committed: row.committed,
    version: row.version,
    book: bookOf(row),
    promised: promisedOf(row),
    pending: pendingOf(row),
  };
}

function bookOf({ title, topic, price_cents: priceCents, quantity, isbn, author }: RecordRow): Book | null {
  if (title === null || topic === null) return null;
  return { title, topic, priceCents, quantity, isbn, author };
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
}: RecordRow): Pending | null {
  if (entry === null) return null;
  return { ballot: { round, replicaId, startNumber }, entry: JSON.parse(entry) as Entry };
}
