import { type MembersSeen } from '../../../src/core/members/membership.js';
import { Locks } from './locks.js';

export interface Row {
  readonly quantity: number;
  /** How often its title was changed. */
  readonly titles: number;
}

export type Outcome =
  | { readonly kind: 'sold' }
  | { readonly kind: 'out of stock' }
  | { readonly kind: 'restocked' }
  | { readonly kind: 'retitled' }
  | { readonly kind: 'created'; readonly bookId: number };

interface MemberRow {
  beats: number;
  fenced: boolean;
}

/** All that is committed. */
export interface Stored {
  readonly books: Map<number, Row>;
  readonly operations: Map<string, Outcome>;
  /** Every operation as often as it was applied. */
  readonly applied: string[];
  readonly members: Map<string, MemberRow>;
  version: number;
}

/** One connection: a statement at a time, a transaction at a time. */
export class Connection {
  open = true;
  /** Since when its transaction has waited for its client; null: it does not. */
  idleSince: number | null = null;
  readonly writes: ((stored: Stored) => void)[] = [];
}

/** A server with the locks and snapshots of READ COMMITTED: each statement sees what was committed when it began. */
export class Database {
  readonly locks = new Locks();
  readonly connections = new Set<Connection>();
  /** Its standby is cut off: nothing commits any more, and reads go on. */
  superseded = false;

  constructor(readonly stored: Stored) {}

  connect(): Connection {
    const connection = new Connection();
    this.connections.add(connection);
    return connection;
  }

  /** The transaction is rolled back, for whatever reason. */
  close(connection: Connection): void {
    if (!connection.open) return;
    connection.open = false;
    this.connections.delete(connection);
    this.locks.release(connection);
  }

  /** Nothing more happens on a connection that was closed meanwhile. */
  lock(connection: Connection, name: string, mode: 'shared' | 'exclusive', then: () => void): void {
    if (connection.open) this.locks.lock(connection, name, mode, then);
  }

  tries(connection: Connection, name: string): boolean {
    return connection.open && this.locks.tries(connection, name, 'shared');
  }

  /** False: nobody will ever hear of it. */
  commit(connection: Connection): boolean {
    if (this.superseded || !connection.open) return false;
    for (const write of connection.writes.splice(0)) write(this.stored);
    this.locks.release(connection);
    return true;
  }

  membersSeen(): MembersSeen {
    const members = [...this.stored.members].map(([key, row]) => ({ key, ...row }));
    return { version: this.stored.version, members };
  }

  /** What its synchronous standby has. */
  promoted(): Database {
    const { books, operations, applied, members, version } = this.stored;
    return new Database({
      books: new Map(books),
      operations: new Map(operations),
      applied: [...applied],
      members: new Map([...members].map(([key, row]) => [key, { ...row }])),
      version,
    });
  }
}

export function emptyStored(): Stored {
  return { books: new Map(), operations: new Map(), applied: [], members: new Map(), version: 0 };
}
