import { type BookChanges, type Decided, type Entry, type Operation } from '../../core/replication/types.js';
import { type BookChange, type ChangedField, FIELDS_THAT_CHANGE } from '../../contract/book-history.js';
import { type HistoryFound, type HistoryQuery } from './catalogue-index.js';
import { type Connection } from './database.js';
import { entryOf, type EntryText } from './rows.js';

/** Entries before those shown that are looked through for what their fields were before. */
export const LOOKED_BACK = 50;

type Administered = Extract<Operation, { kind: 'create' | 'edit' | 'restock' | 'cancel' }>;

/** Whether somebody who administers asked for this, and got it. */
export function isByAdministrator({ operation, outcome }: Decided): boolean {
  switch (operation.kind) {
    case 'create':
    case 'edit':
    case 'restock':
    case 'cancel':
      return ['created', 'edited', 'restocked', 'cancelled'].includes(outcome.kind);
    default:
      return false;
  }
}

/** One change, with the number of its entry. */
interface Placed {
  readonly sequenceNumber: number;
  readonly decided: Decided;
}

/** Who changed what of a book, and when, read from its ledger past its sales. */
export class BookHistory {
  readonly #before;
  readonly #genesis;

  constructor(connection: Connection) {
    this.#before = connection.prepare<[number, number, number], EntryText>(
      `SELECT entry, checksum FROM entry WHERE book_id = ? AND sequence_number < ? AND administered > 0
       ORDER BY sequence_number DESC LIMIT ?`,
    );
    this.#genesis = connection.prepare<[number], EntryText>(
      'SELECT entry, checksum FROM genesis WHERE book_id = ?',
    );
  }

  /** The newest first. Cursor: number of the last entry shown; a page ends with a whole entry, and may so be longer than asked. */
  page({ bookId, after, limit }: HistoryQuery): HistoryFound | undefined {
    const from = entryBefore(after);
    if (from === undefined) return undefined;
    const rows = this.#before.all(bookId, from, limit + LOOKED_BACK);
    const hasBeginning = rows.length < limit + LOOKED_BACK;
    const genesis = hasBeginning && from > 0 ? this.#genesis.get(bookId) : undefined;
    return historyPage([...rows, ...(genesis === undefined ? [] : [genesis])].map(entryOf), limit);
  }
}

/** Of entries with changes by administrators, the newest first, with up to `LOOKED_BACK` before those that are shown. */
export function historyPage(entries: readonly Entry[], limit: number): HistoryFound {
  const changes = entries.flatMap(placedIn);
  const shown = shownOf(changes, limit);
  const last = shown.at(-1);
  return {
    changes: shown.map((change, at) => changeOf(change, changes.slice(at + 1))),
    next: shown.length < changes.length && last !== undefined ? String(last.sequenceNumber) : null,
  };
}

function placedIn({ sequenceNumber, decided }: Entry): Placed[] {
  return decided
    .filter(isByAdministrator)
    .map((each) => ({ sequenceNumber, decided: each }))
    .reverse();
}

function shownOf(changes: readonly Placed[], limit: number): readonly Placed[] {
  const last = changes[limit - 1]?.sequenceNumber;
  if (last === undefined) return changes;
  return changes.filter(({ sequenceNumber }) => sequenceNumber >= last);
}

function changeOf(
  { sequenceNumber, decided: { operation, outcome } }: Placed,
  earlier: readonly Placed[],
): BookChange {
  const { by = null, at = null } = operation as Administered;
  const signed = { sequenceNumber, by, at };
  switch (operation.kind) {
    case 'create':
      return { kind: 'created', ...signed, fields: [] };
    case 'edit':
      return { kind: 'edited', ...signed, fields: fieldsOf(operation.changes, earlier) };
    case 'restock':
      return { kind: 'restocked', ...signed, fields: [], copies: operation.copies };
    case 'cancel': {
      const copies = outcome.kind === 'cancelled' ? outcome.copies : 0;
      return { kind: 'cancelled', ...signed, fields: [], copies, orderId: operation.orderId };
    }
    default:
      throw new Error(`no administrator asks for ${operation.kind}`);
  }
}

function fieldsOf(changes: BookChanges, earlier: readonly Placed[]): ChangedField[] {
  return FIELDS_THAT_CHANGE.flatMap((field): ChangedField[] => {
    const to = changes[field];
    if (to === undefined) return [];
    // Copies are sold between two changes: what there was before is not known without reading all.
    const from = field === 'quantity' ? undefined : valueBefore(field, earlier);
    if (from === to) return [];
    return [{ field, to, ...(from !== undefined && { from }) }];
  });
}

/** Undefined: it is further back. */
function valueBefore(
  field: Exclude<keyof BookChanges, 'quantity'>,
  earlier: readonly Placed[],
): ChangedField['from'] {
  for (const { decided } of earlier) {
    const { operation } = decided;
    if (operation.kind === 'create') return field === 'hidden' ? false : operation.book[field];
    const value = operation.kind === 'edit' ? operation.changes[field] : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The number below which a page begins. Undefined: it is no cursor of a history. */
export function entryBefore(cursor: string | null): number | undefined {
  if (cursor === null) return Number.MAX_SAFE_INTEGER;
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
}
