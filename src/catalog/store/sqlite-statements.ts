import { SHORTEST_WITH_TIME } from '../../core/replication/order-clock.js';
import { type HeldKey } from '../../core/replication/ledger.js';
import { type Connection } from './database.js';
import { type EntryText, type RecordRow, SELECT_RECORD } from './rows.js';

export interface IdentityRow {
  readonly replica_id: string;
  readonly start_number: number;
  readonly joined: number;
  readonly grants_ended: number;
  readonly alone: number;
  readonly past: string;
}
export interface ChangeRow extends EntryText {
  readonly change: number;
  readonly book_id: number;
}
export interface NamedChangeRow extends PlaceRow {
  readonly change: number;
}
export interface PlaceRow {
  readonly book_id: number;
  readonly sequence_number: number;
}

type Text = string | null;

/** A book but its topic, in the order of `SET_BOOK`. */
export type BookFields = [
  title: Text,
  priceCents: number | null,
  quantity: number | null,
  isbn: Text,
  author: Text,
  claim: number | null,
];
const SET_BOOK = 'title = ?, price_cents = ?, quantity = ?, isbn = ?, author = ?, claim = ?';

/** What other replicas ask for when they come back, and how far this one has read theirs. */
function prepareCatchUp(db: Connection) {
  return {
    lastChange: db.prepare<[], number>('SELECT coalesce(max(change), 0) FROM entry').pluck(),
    changes: db.prepare<[number, number], ChangeRow>(
      'SELECT change, book_id, entry, checksum FROM entry WHERE change > ? AND book_id >= 0 ORDER BY change LIMIT ?',
    ),
    namedChanges: db.prepare<[number, number], NamedChangeRow>(
      'SELECT change, book_id, sequence_number FROM entry WHERE change > ? AND book_id >= 0 ORDER BY change LIMIT ?',
    ),
    changeOf: db.prepare<[string], number>('SELECT change FROM operation WHERE operation_id = ?').pluck(),
    cursor: db.prepare<[string], number>('SELECT change FROM cursor WHERE peer = ?').pluck(),
    saveCursor: db.prepare<[string, number]>('INSERT OR REPLACE INTO cursor (peer, change) VALUES (?, ?)'),
  };
}

function prepareScrub(db: Connection) {
  return {
    seal: db.prepare<[number, number]>('UPDATE book SET checksum = ? WHERE id = ? AND checksum IS NULL'),
    nextId: db.prepare<[number], number>('SELECT id FROM book WHERE id > ? ORDER BY id LIMIT 1').pluck(),
  };
}

/** The fold of record 0. */
function prepareCatalogue(db: Connection) {
  return {
    heldKey: db.prepare<[string], HeldKey>('SELECT book_id AS bookId, claim FROM unique_key WHERE key = ?'),
    nextBookId: db.prepare<[], number>('SELECT next_book_id FROM catalogue').pluck(),
    addKey: db.prepare<[string, number]>('INSERT OR IGNORE INTO unique_key (key, book_id) VALUES (?, ?)'),
    saveKey: db.prepare<[string, number, number]>(
      'INSERT OR REPLACE INTO unique_key (key, book_id, claim) VALUES (?, ?, ?)',
    ),
    saveNextBookId: db.prepare<[number]>('UPDATE catalogue SET next_book_id = ?'),
  };
}

function prepareRoom(db: Connection) {
  return {
    fillRoom: db.prepare<[number]>('INSERT OR REPLACE INTO room (id, filler) VALUES (1, zeroblob(?))'),
    emptyRoom: db.prepare<[]>('DELETE FROM room'),
  };
}

/** Every statement of the store, prepared once. Their places are in the order of the columns. */
export function prepareStatements(db: Connection) {
  return {
    ...prepareMerge(db),
    ...prepareCatchUp(db),
    ...prepareScrub(db),
    ...prepareRoom(db),
    ...prepareCatalogue(db),

    identity: db.prepare<[], IdentityRow>(
      'SELECT replica_id, start_number, joined, grants_ended, alone, past FROM replica',
    ),
    saveIdentity: db.prepare<[string, number, number, number, number, string]>(
      'INSERT OR REPLACE INTO replica (id, replica_id, start_number, joined, grants_ended, alone, past) VALUES (1, ?, ?, ?, ?, ?, ?)',
    ),

    record: db.prepare<[number], RecordRow>(SELECT_RECORD),
    pendingIds: db.prepare<[], number>('SELECT book_id FROM pending ORDER BY book_id').pluck(),
    genesis: db.prepare<[number], EntryText>('SELECT entry, checksum FROM genesis WHERE book_id = ?'),
    entries: db.prepare<[number, number, number], EntryText>(
      `SELECT entry, checksum FROM entry WHERE book_id = ? AND sequence_number >= ? ORDER BY sequence_number LIMIT ?`,
    ),
    operation: db.prepare<[string], PlaceRow>(
      'SELECT book_id, sequence_number FROM operation JOIN entry USING (change) WHERE operation_id = ?',
    ),
    lastOrderId: db
      .prepare<[], string>(
        `SELECT order_id FROM sale WHERE length(order_id) >= ${SHORTEST_WITH_TIME} ORDER BY order_id DESC LIMIT 1`,
      )
      .pluck(),

    /** Books only change here when the promise does: on the fast path (W6) it does not. */
    savePromised: db.prepare<[number, number, string, number, number]>(
      `INSERT INTO book (id, committed, version, promised_round, promised_replica, promised_start, promised_checksum)
       VALUES (?, -1, -1, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET promised_round = excluded.promised_round, promised_replica = excluded.promised_replica,
         promised_start = excluded.promised_start, promised_checksum = excluded.promised_checksum
       WHERE promised_round IS NOT excluded.promised_round OR promised_replica IS NOT excluded.promised_replica
         OR promised_start IS NOT excluded.promised_start`,
    ),
    savePending: db.prepare<[number, number, number, string, number, string, number]>(
      `INSERT OR REPLACE INTO pending (book_id, sequence_number, round, replica_id, start_number, entry, checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    dropPending: db.prepare<[number, number]>(
      'DELETE FROM pending WHERE book_id = ? AND sequence_number <= ?',
    ),

    advance: db.prepare<[number, number | null, ...BookFields, number, number, number]>(
      `UPDATE book SET committed = ?, version = coalesce(?, version), ${SET_BOOK}, checksum = ? WHERE id = ? AND committed = ?`,
    ),
    topicId: db.prepare<[number], number | null>('SELECT topic_id FROM book WHERE id = ?').pluck(),
    moveToTopic: db.prepare<[number | null, number | null, number]>(
      'UPDATE book SET topic_id = ?, hidden_topic_id = ? WHERE id = ?',
    ),
    begin: db.prepare<[number, string, number, number, number, Text, Text, number]>(
      `INSERT INTO book (id, committed, version, title, topic_id, price_cents, quantity, isbn, author, checksum)
       VALUES (?, 0, 0, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET committed = 0, version = 0, title = excluded.title, topic_id = excluded.topic_id,
         price_cents = excluded.price_cents, quantity = excluded.quantity, isbn = excluded.isbn, author = excluded.author,
         checksum = excluded.checksum
       WHERE committed = -1`,
    ),
    addGenesis: db.prepare<[number, string, number]>(
      'INSERT INTO genesis (book_id, entry, checksum) VALUES (?, ?, ?)',
    ),
    addEntry: db.prepare<[number, number, number, number, number, string, number]>(
      'INSERT INTO entry (change, book_id, sequence_number, sales, administered, entry, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    addOperation: db.prepare<[string, number]>(
      'INSERT OR IGNORE INTO operation (operation_id, change) VALUES (?, ?)',
    ),
    addSale: db.prepare<[string, number]>('INSERT OR IGNORE INTO sale (order_id, change) VALUES (?, ?)'),
  };
}

/** Taking entries back when the two sides of a split are merged (`reachable`). */
function prepareMerge(db: Connection) {
  return {
    entriesFrom: db.prepare<[number, number], ChangeRow>(
      'SELECT change, book_id, entry, checksum FROM entry WHERE book_id = ? AND sequence_number >= ? ORDER BY sequence_number',
    ),
    /** The row stays, under no book, so that its change number is never given out again. */
    takeBack: db.prepare<[number]>(
      "UPDATE entry SET book_id = -1, sales = 0, administered = 0, entry = '', checksum = NULL WHERE change = ?",
    ),
    removeOperation: db.prepare<[string, number]>(
      'DELETE FROM operation WHERE operation_id = ? AND change = ?',
    ),
    removeSale: db.prepare<[string, number]>('DELETE FROM sale WHERE order_id = ? AND change = ?'),
    setBack: db.prepare<[number, number, ...BookFields, number, number]>(
      `UPDATE book SET committed = ?, version = ?, ${SET_BOOK}, checksum = ? WHERE id = ?`,
    ),
    saveReapplication: db.prepare<[string, number, string]>(
      `INSERT INTO reapplication (operation_id, book_id, decided, place)
       VALUES (?, ?, ?, (SELECT coalesce(max(place), 0) + 1 FROM reapplication))
       ON CONFLICT (operation_id) DO UPDATE SET book_id = excluded.book_id, decided = excluded.decided`,
    ),
    reapplications: db.prepare<[number], { readonly book_id: number; readonly decided: string }>(
      'SELECT book_id, decided FROM reapplication ORDER BY place LIMIT ?',
    ),
    removeReapplication: db.prepare<[string]>('DELETE FROM reapplication WHERE operation_id = ?'),
  };
}

export type Statements = ReturnType<typeof prepareStatements>;
