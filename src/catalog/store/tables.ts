import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Books with at most this many copies are listed as low in stock. */
export const LOW_STOCK = 10;

/** The replica's identity: one row, with id 1. */
@Entity('replica')
export class ReplicaTable {
  @PrimaryColumn('integer') id: number;
  @Column('text', { name: 'replica_id' }) replicaId: string;
  @Column('integer', { name: 'start_number' }) startNumber: number;
  @Column('integer') joined: number;
  @Column('integer', { name: 'grants_ended' }) grantsEnded: number;
  @Column('integer') alone: number;
  /** JSON of what it knows of identities before it, and of its own beginning. */
  @Column('text', { default: '{}' }) past: string;
}

/** The fold of record 0 beside its keys: one row, with id 1. */
@Entity('catalogue')
export class CatalogueTable {
  @PrimaryColumn('integer') id: number;
  @Column('integer', { name: 'next_book_id' }) nextBookId: number;
}

/** Records. Record 0, and one that was promised before it was heard of (committed -1), have no book: title to author are null. */
@Entity('book')
@Index('book_by_topic', ['topicId', 'id'])
@Index('book_hidden', ['id'], { where: 'hidden_topic_id IS NOT NULL' })
@Index('book_low_in_stock', ['quantity'], { where: `quantity <= ${LOW_STOCK}` })
export class BookTable {
  @PrimaryColumn('integer') id: number;
  @Column('integer') committed: number;
  /** Number of the last entry that changed the book. */
  @Column('integer', { default: -1 }) version: number;
  @Column('integer', { nullable: true }) quantity: number | null;
  @Column('integer', { name: 'price_cents', nullable: true }) priceCents: number | null;
  /** Null: it is hidden, and has its topic in `hiddenTopicId`. */
  @Column('integer', { name: 'topic_id', nullable: true }) topicId: number | null;
  @Column('integer', { name: 'hidden_topic_id', nullable: true }) hiddenTopicId: number | null;
  /** By which it has its key; null: it has the one that it was created with. */
  @Column('integer', { nullable: true }) claim: number | null;
  @Column('integer', { name: 'promised_round', nullable: true }) promisedRound: number | null;
  @Column('text', { name: 'promised_replica', nullable: true }) promisedReplica: string | null;
  @Column('integer', { name: 'promised_start', nullable: true }) promisedStart: number | null;
  @Column('integer', { name: 'promised_checksum', nullable: true }) promisedChecksum: number | null;
  /** Of the book and its number (checksums.ts); null: not yet looked through since it was an older file's. */
  @Column('integer', { nullable: true }) checksum: number | null;
  @Column('text', { nullable: true }) title: string | null;
  @Column('text', { nullable: true }) isbn: string | null;
  @Column('text', { nullable: true }) author: string | null;
}

/** Pending entries, in a table of their own: few at a time, so that accepting one writes to a page that is hot. */
@Entity('pending')
export class PendingTable {
  @PrimaryColumn('integer', { name: 'book_id' }) bookId: number;
  @Column('integer', { name: 'sequence_number' }) sequenceNumber: number;
  @Column('integer') round: number;
  @Column('text', { name: 'replica_id' }) replicaId: string;
  @Column('integer', { name: 'start_number' }) startNumber: number;
  /** JSON of the entry. */
  @Column('text') entry: string;
  /** Of what was written; null: of an older file. */
  @Column('integer', { nullable: true }) checksum: number | null;
}

/** Operations of entries that were taken back when two sides of a split were merged, to be applied again (`reachable`). */
@Entity('reapplication')
@Index('reapplication_in_order', ['place'])
export class ReapplicationTable {
  @PrimaryColumn('text', { name: 'operation_id' }) operationId: string;
  @Column('integer', { name: 'book_id' }) bookId: number;
  /** JSON of the operation with the outcome that its caller was told. */
  @Column('text') decided: string;
  /** They are applied in this order. */
  @Column('integer', { default: 0 }) place: number;
}

/** The ledger of all records in the order of this replica's commits: appended to, and read as it is by catching up (C1). */
@Entity('entry')
@Index('entry_of_book', ['bookId', 'sequenceNumber', 'sales'])
@Index('entry_administered', ['bookId', 'sequenceNumber'], { where: 'administered > 0' })
export class EntryTable {
  @PrimaryColumn('integer') change: number;
  @Column('integer', { name: 'book_id' }) bookId: number;
  @Column('integer', { name: 'sequence_number' }) sequenceNumber: number;
  /** How many copies-sold outcomes it holds: the index on it lists a book's orders without reading other entries. */
  @Column('integer') sales: number;
  /** How many changes by administrators it holds: of a book they are listed without reading its sales. */
  @Column('integer', { default: 0 }) administered: number;
  /** JSON of the entry. */
  @Column('text') entry: string;
  /** Of what was written; null: of an older file. */
  @Column('integer', { nullable: true }) checksum: number | null;
}

/** Entry 0 of each book; it has no change number. */
@Entity('genesis')
export class GenesisTable {
  @PrimaryColumn('integer', { name: 'book_id' }) bookId: number;
  /** JSON of the entry. */
  @Column('text') entry: string;
  /** Of what was written; null: of an older file. */
  @Column('integer', { nullable: true }) checksum: number | null;
}

@Entity('operation', { withoutRowid: true })
export class OperationTable {
  @PrimaryColumn('text', { name: 'operation_id' }) operationId: string;
  /** Of the entry that holds it. */
  @Column('integer') change: number;
}

@Entity('sale', { withoutRowid: true })
export class SaleTable {
  /** Begins with the time of the sale. */
  @PrimaryColumn('text', { name: 'order_id' }) orderId: string;
  /** Of the entry that holds it. */
  @Column('integer') change: number;
}

@Entity('unique_key', { withoutRowid: true })
export class UniqueKeyTable {
  @PrimaryColumn('text') key: string;
  /** That it was given out for last; it may have another by now. */
  @Column('integer', { name: 'book_id' }) bookId: number;
  /** 0: with its creation. */
  @Column('integer', { default: 0 }) claim: number;
}

@Entity('cursor', { withoutRowid: true })
export class CursorTable {
  @PrimaryColumn('text') peer: string;
  @Column('integer') change: number;
}

/** Topics that a book has or once had; `topic_gram` (see topic-grams.ts and topic-places.ts) finds those that contain a text. */
@Entity('topic')
@Index('topic_by_name', ['name'], { unique: true })
@Index('topic_by_books', ['books', 'name'], { where: 'books > 0' })
@Index('topic_by_fold', ['folded'])
export class TopicTable {
  @PrimaryColumn('integer') id: number;
  /** How many books have it now. */
  @Column('integer') books: number;
  @Column('text') name: string;
  /** As searches compare it. */
  @Column('text') folded: string;
}

/** Written and emptied again to see whether a disk that was full has room. */
@Entity('room')
export class RoomTable {
  @PrimaryColumn('integer') id: number;
  @Column('blob') filler: Buffer;
}

export const TABLES = [
  ReplicaTable,
  CatalogueTable,
  BookTable,
  PendingTable,
  EntryTable,
  GenesisTable,
  OperationTable,
  SaleTable,
  UniqueKeyTable,
  CursorTable,
  ReapplicationTable,
  TopicTable,
  RoomTable,
];
