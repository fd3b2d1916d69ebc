import { endingsOf } from '../../core/replication/batch.js';
import { EXPIRY_GRACE_MS, holdChanges, MOST_ENDED } from '../../core/replication/holds.js';
import { type Effect, effectOf } from '../../core/replication/invalidation.js';
import { changesBook, fold } from '../../core/replication/book-fold.js';
import { createdBy, Decision, type Footing } from '../../core/replication/ledger.js';
import { catalogueKey } from '../../core/replication/catalogue-key.js';
import { type Random } from '../../core/replication/ports.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { ALL_RULES } from '../../core/replication/rules.js';
import { OrderClock } from '../../core/replication/order-clock.js';
import {
  type Book,
  type BookId,
  CATALOGUE,
  type Entry,
  type HoldId,
  type Operation,
  type StoredHold,
} from '../../core/replication/types.js';
import { sameWish } from '../../core/replication/wishes.js';
import * as statements from './book-statements.js';
import { bookOf, storedKey } from './rows.js';
import { type Client } from './server.js';
import { LastWrites, NothingToWrite } from './transaction.js';

/** Who writes, and how others hear of it. */
export interface Author {
  /** The number of its row: see `beginAs`. */
  readonly member: number;
  readonly replicaId: string;
  /** P5: resolves when every front-end that may hold what `effect` names has forgotten it, or its session has ended. */
  tell(effect: Effect): Promise<void>;
}

/** This catalog is fenced: nothing was written. */
export class Fenced extends Error {
  override readonly message = 'this catalog was taken for dead by another one';
}

export interface Written {
  /** In the order of the operations. */
  readonly results: readonly SubmitResult[];
  /** Books with holds that follow one that has just ended. */
  readonly followers: readonly BookId[];
}

/** What a transaction writes of one record. */
export interface WritePart {
  /** The transaction's connection. */
  readonly client: Client;
  readonly bookId: BookId;
  readonly operations: readonly Operation[];
}

interface Locked {
  readonly bookId: BookId;
  readonly committed: number;
  readonly version: number;
  readonly book: Book | null;
  readonly nextBookId: BookId;
  readonly due: boolean;
}

type Known = Map<string, statements.KnownOperation>;

/** Writes operations of one record: the pure fold of the core, under the lock of its row (docs/protocol.md, P2 and P5). */
export class BookWriter {
  private readonly orderClock = new OrderClock();

  constructor(private readonly random: Random) {}

  /** The first message of its transaction. */
  begin({ member }: Author): string {
    return statements.beginAs(member);
  }

  /** Within a transaction that `begin` began, of books in the order of their ids: so all take their locks in one order. Throws `Fenced`. */
  async writeAll(
    author: Author,
    parts: readonly WritePart[],
  ): Promise<LastWrites<Written[]> | NothingToWrite<Written[]>> {
    const all = await Promise.all(
      parts.map(({ client, bookId, operations }) => this.write(client, author, bookId, operations)),
    );
    const values = all.map(({ value }) => value);
    const writes = all.flatMap((each) => (each instanceof LastWrites ? [each.writes] : []));
    return writes.length === 0 ? new NothingToWrite(values) : new LastWrites(values, Promise.all(writes));
  }

  private async write(
    client: Client,
    author: Author,
    bookId: BookId,
    operations: readonly Operation[],
  ): Promise<LastWrites<Written> | NothingToWrite<Written>> {
    const ids = operations.map(({ operationId }) => operationId);
    // Sent together; the server looks for answers when it has the lock.
    const [locked, { at, known }] = await Promise.all([
      this.lock(client, author, bookId),
      statements.lockAnswers(client, bookId, ids),
    ]);
    if (locked === null) {
      const results = operations.map((): SubmitResult => ({ kind: 'no such book' }));
      return new NothingToWrite({ results, followers: [] });
    }
    const fresh = operations.filter(({ operationId }) => !known.has(operationId));
    const footing = await this.footing(client, locked, fresh, at);
    const entry = this.decide(author, locked, footing, fresh, at);
    if (entry.decided.length === 0) {
      return new NothingToWrite({
        results: await this.results(client, locked, operations, known, entry),
        followers: [],
      });
    }
    const { book: after, version } = fold(bookId, locked, entry);
    if (changesBook(entry)) await this.tell(client, author, bookId, entry, locked.book);
    const writes = this.append(client, locked, entry, { after, version });
    const written: Locked = { ...locked, version, book: after };
    const looked = Promise.all([
      this.results(client, written, operations, known, entry),
      this.followers(client, bookId, entry),
    ]);
    // Whoever ends the transaction hears of it; until then nobody may wait for it.
    writes.catch(() => undefined);
    const [results, followers] = await looked;
    return new LastWrites({ results, followers }, writes);
  }

  private async append(
    client: Client,
    { bookId, nextBookId }: Locked,
    entry: Entry,
    { after, version }: { readonly after: Book | null; readonly version: number },
  ): Promise<void> {
    if (bookId === CATALOGUE) return this.create(client, entry, nextBookId);
    if (after === null) return;
    const retexted = entry.decided.some(({ operation }) => operation.kind === 'edit');
    return statements.writeBook(client, bookId, entry, { book: after, version, retexted });
  }

  private async lock(client: Client, { member }: Author, bookId: BookId): Promise<Locked | null> {
    if (bookId === CATALOGUE) {
      const { writes, ...found } = await statements.lockCatalogue(client, member);
      if (!writes) throw new Fenced();
      return { bookId, ...found, version: 0, book: null, due: false };
    }
    const found = await statements.lockBook(client, bookId, member, EXPIRY_GRACE_MS);
    if (found === undefined) return null;
    if (!found.writes) throw new Fenced();
    const { committed, version } = found.row;
    return { bookId, committed, version, book: bookOf(found.row), nextBookId: 0, due: found.due };
  }

  private decide(
    { replicaId }: Author,
    { committed }: Locked,
    { footing, settlements }: { footing: Footing; settlements: readonly Operation[] },
    fresh: readonly Operation[],
    at: number,
  ): Entry {
    const stamp = { at, orderId: () => this.orderClock.next(at) + this.random.token() };
    const decision = new Decision(footing, stamp, ALL_RULES);
    if (footing.due.length > 0)
      decision.add({ kind: 'expire', operationId: `expire.${this.random.token()}` });
    for (const operation of settlements) decision.add(operation);
    const inEntry = new Set<string>();
    for (const operation of fresh) {
      if (inEntry.has(operation.operationId) || lacks(operation, footing) !== null) continue;
      inEntry.add(operation.operationId);
      decision.add(operation);
    }
    const sequenceNumber = committed + 1;
    return {
      sequenceNumber,
      origin: { round: sequenceNumber, replicaId, startNumber: 1 },
      decided: decision.decided,
    };
  }

  /** All that the fold may ask for, read beforehand: it waits for nothing. */
  private async footing(
    client: Client,
    locked: Locked,
    fresh: readonly Operation[],
    at: number,
  ): Promise<{ footing: Footing; settlements: readonly Operation[] }> {
    const { bookId, committed, version, book, nextBookId } = locked;
    const due = locked.due ? await statements.dueHolds(client, bookId, at - EXPIRY_GRACE_MS, MOST_ENDED) : [];
    const holdIds = [
      ...fresh.flatMap((each) => ('holdId' in each ? [each.holdId] : [])),
      ...due.flatMap(({ decidedBy }) => decidedBy ?? []),
    ];
    const holds = new Map<HoldId, StoredHold>(due.map((hold) => [hold.holdId, hold]));
    for (const hold of await statements.holdsNamed(client, holdIds)) holds.set(hold.holdId, hold);
    const orderIds = fresh.flatMap((each) => (each.kind === 'cancel' ? [each.orderId] : []));
    const sold = await statements.soldIn(client, bookId, orderIds);
    const keys = await statements.holdersOf(client, fresh.flatMap(keyWanted));
    const endings = endingsOf(due, fresh, (holdId) => holds.get(holdId)?.end ?? null, ALL_RULES);
    // Each is settled once; that of an earlier look may be in the ledger only if the hold has ended, and then it is not due.
    const settlements = endings.settlements.filter(
      (settlement) => !fresh.some(({ operationId }) => operationId === settlement.operationId),
    );
    const footing: Footing = {
      bookId,
      committed,
      version,
      book,
      nextBookId,
      idStep: 1,
      holderOf: (key) => keys.get(storedKey(key)),
      hold: (holdId) => holds.get(holdId),
      sold: (orderId) => sold.get(orderId),
      due: endings.due,
    };
    return { footing, settlements };
  }

  /** P5; P7 for what searches show. */
  private async tell(
    client: Client,
    author: Author,
    bookId: BookId,
    entry: Entry,
    before: Book | null,
  ): Promise<void> {
    const effect = effectOf(bookId, entry, before);
    const titles = effect.retitledIds.length > 0;
    if (titles) await client.query(`SELECT pg_advisory_xact_lock(${CATALOGUE})`);
    await author.tell(effect);
  }

  private async create(client: Client, entry: Entry, nextBookId: BookId): Promise<void> {
    const created = createdBy(entry);
    const next = Math.max(nextBookId, ...created.map(({ bookId }) => bookId + 1));
    await Promise.all([
      statements.giveKeys(client, entry),
      ...created.map(({ bookId, genesis, book }) => statements.createBook(client, bookId, genesis, book)),
      statements.writeCatalogue(client, entry, next),
    ]);
  }

  private async results(
    client: Client,
    locked: Locked,
    operations: readonly Operation[],
    known: Known,
    entry: Entry,
  ): Promise<SubmitResult[]> {
    const seen = new Set<string>();
    const results = operations.map((operation) => {
      const { operationId } = operation;
      const repeats = known.has(operationId) || seen.has(operationId);
      seen.add(operationId);
      return resultOf(locked, operation, known.get(operationId), entry, repeats);
    });
    return this.withBooks(client, locked, results);
  }

  /** What a creation made, or found there already, is another book than the record that it was written to. */
  private async withBooks(
    client: Client,
    { bookId }: Locked,
    results: readonly SubmitResult[],
  ): Promise<SubmitResult[]> {
    if (bookId !== CATALOGUE) return [...results];
    const ids = results.flatMap((result) => (result.kind === 'decided' ? [result.bookId] : []));
    const rows = await statements.booksNamed(client, ids);
    return results.map((result) => {
      const row = result.kind === 'decided' ? rows.get(result.bookId) : undefined;
      return row === undefined
        ? result
        : ({ ...result, book: bookOf(row), sequenceNumber: row.version } as SubmitResult);
    });
  }

  private async followers(client: Client, bookId: BookId, entry: Entry): Promise<BookId[]> {
    const ended = holdChanges(bookId, entry).flatMap((change) =>
      change.kind === 'ended' ? [change.holdId] : [],
    );
    const holds = await statements.holdsNamed(client, ended);
    return holds.flatMap(({ otherBooks }) => otherBooks);
  }
}

/** The key that an operation on record 0 asks for. */
function keyWanted(operation: Operation): string[] {
  if (operation.kind === 'create') return [catalogueKey(operation.book)];
  return operation.kind === 'claim' ? [operation.key] : [];
}

/** H1: an id that no ledger has given out never will be, so whoever guesses writes nothing. */
function lacks(operation: Operation, footing: Footing): 'no such hold' | 'no such order' | null {
  switch (operation.kind) {
    case 'confirm':
    case 'release':
      return footing.hold(operation.holdId)?.bookId === footing.bookId ? null : 'no such hold';
    case 'cancel':
      return footing.sold(operation.orderId) === undefined ? 'no such order' : null;
    default:
      return null;
  }
}

/** W8. */
function resultOf(
  { bookId, committed, version, book }: Locked,
  asked: Operation,
  known: statements.KnownOperation | undefined,
  entry: Entry,
  repeats: boolean,
): SubmitResult {
  if (known !== undefined && known.bookId !== bookId) return { kind: 'operation id reused' };
  const holding = known?.entry ?? entry;
  const decided = holding.decided.find(({ operation }) => operation.operationId === asked.operationId);
  if (decided === undefined) {
    const kind = asked.kind === 'cancel' ? 'no such order' : 'no such hold';
    return {
      kind: 'decided',
      operation: asked,
      outcome: { kind },
      entryNumber: committed,
      bookId,
      sequenceNumber: version,
      book,
    };
  }
  const { operation, outcome } = decided;
  if (!sameWish(operation, asked)) return { kind: 'operation id reused' };
  // V1: nobody is told that there is such a book.
  if (outcome.kind === 'hidden') return { kind: 'no such book' };
  const about = outcome.kind === 'created' || outcome.kind === 'exists' ? outcome.bookId : bookId;
  return {
    kind: 'decided',
    operation,
    outcome,
    entryNumber: holding.sequenceNumber,
    bookId: about,
    sequenceNumber: version,
    book,
    ...(repeats && { repeated: true }),
  };
}
