import { catalogueKey } from '../../../src/core/replication/catalogue-key.js';
import {
  type Book,
  type BookId,
  CATALOGUE,
  type Operation,
  type Outcome,
} from '../../../src/core/replication/types.js';
import { type Prng } from '../engine/prng.js';
import { type Call } from '../history.js';

/** So few that books often want each other's. */
const NUMBERS = ['A-1', 'A-2', 'A-3', 'A-4'] as const;

type Edit = Extract<Operation, { kind: 'edit' }>;

/** What administrators ask for who hide books and give them other numbers: in two steps, now and then with another's in between. */
export class Administering {
  /** The second step of those whose first was done. */
  private readonly next: Call[] = [];
  private readonly wanted = new Map<string, { readonly bookId: BookId; readonly isbn: string }>();

  constructor(private readonly newId: () => string) {}

  ask(random: Prng, books: readonly BookId[]): Call {
    const waiting = random.chance(0.6) ? this.next.shift() : undefined;
    if (waiting !== undefined) return waiting;
    const bookId = random.pick(books);
    if (random.chance(0.4)) return this.edit(bookId, { hidden: random.chance(0.5) });
    const isbn = random.pick(NUMBERS);
    // Without a claim it may not have it.
    if (random.chance(0.1)) return this.edit(bookId, { isbn });
    const operationId = this.newId();
    this.wanted.set(operationId, { bookId, isbn });
    const key = catalogueKey({ title: '', author: null, isbn });
    return { kind: 'write', bookId: CATALOGUE, operation: { kind: 'claim', operationId, bookId, key } };
  }

  saw(operation: Operation, outcome: Outcome): void {
    const wanted = this.wanted.get(operation.operationId);
    if (operation.kind !== 'claim' || outcome.kind !== 'claimed' || wanted === undefined) return;
    const { key } = operation;
    const claim = { key, number: outcome.number };
    this.next.push(this.edit(wanted.bookId, { isbn: wanted.isbn }, claim));
  }

  private edit(
    bookId: BookId,
    changes: Partial<Pick<Book, 'isbn'>> & { hidden?: boolean },
    claim?: Edit['claim'],
  ): Call {
    return {
      kind: 'write',
      bookId,
      operation: {
        kind: 'edit',
        operationId: this.newId(),
        changes,
        expectedSequenceNumber: null,
        ...(claim !== undefined && { claim }),
      },
    };
  }
}
