import { CATALOGUE, type Book, type BookId, type Operation } from '../../../src/core/replication/types.js';
import { type Prng } from '../engine/prng.js';
import { type Call, type HistoryItem } from '../history.js';
import { type Settings } from '../settings.js';
import { Administering } from './administering.js';
import { Holding } from './holding.js';

const TOPICS = ['Systems', 'Stems', 'Schools'] as const;
const SEARCHES = ['s', 'st', 'tem', 'school'] as const;

/** What clients ask for. Prices and titles never repeat, so that a checker can tell states apart. */
export class Workload {
  private made = 0;
  /** What somebody was last told of each book: preconditions come from it, often outdated. */
  private readonly seen = new Map<BookId, { sequenceNumber: number; priceCents: number }>();
  private readonly kinds: (() => Call)[] = [];
  private random: Prng | null = null;
  private readonly holding = new Holding(() => this.nextId());
  private readonly administering = new Administering(() => this.nextId());
  /** The first books, which are hot, by their place; a guess until their creation was answered. */
  readonly first: BookId[];
  private readonly later: BookId[] = [];

  constructor(private readonly settings: Settings) {
    this.first = Array.from({ length: settings.books }, (_, index) => index + 1);
    const { weights } = settings;
    const add = (weight: number, make: () => Call): void => {
      for (let i = 0; i < Math.round(weight * 10); i += 1) this.kinds.push(make);
    };
    add(weights.lookUp, () => ({ kind: 'look-up', bookId: this.anyBook(true) }));
    add(weights.search, () => ({ kind: 'search', text: this.draw().pick(SEARCHES), by: settings.searchBy }));
    add(weights.sale, () => this.write((operationId, bookId) => this.sale(operationId, bookId)));
    add(weights.restock, () =>
      this.write((operationId) => ({ kind: 'restock', operationId, copies: 1 + this.draw().below(3) })),
    );
    add(weights.edit, () => this.write((operationId, bookId) => this.edit(operationId, bookId)));
    add(weights.hold ?? 0, () => this.holding.ask(this.draw(), this.first));
    add(weights.administer ?? 0, () => this.administer());
    add(weights.create, () => ({
      kind: 'write',
      bookId: CATALOGUE,
      operation: { kind: 'create', operationId: this.nextId(), book: this.newBook() },
    }));
  }

  /** The first books, under fixed operation ids: several clients may ask for the same one. */
  founding(): Operation[] {
    return Array.from({ length: this.settings.books }, (_, index) => ({
      kind: 'create',
      operationId: `first-${index + 1}`,
      book: this.book(
        `First ${index + 1}`,
        TOPICS[index % TOPICS.length] as string,
        this.settings.stock,
        1_000 + index,
      ),
    }));
  }

  next(random: Prng): Call {
    this.random = random;
    return random.pick(this.kinds)();
  }

  saw({ call, answer }: HistoryItem): void {
    if (call.kind === 'look-up' && answer?.kind === 'looked up' && answer.result.kind === 'found') {
      const { sequenceNumber, book } = answer.result;
      this.seen.set(call.bookId, { sequenceNumber, priceCents: book.priceCents });
    }
    if (call.kind !== 'write' || answer?.kind !== 'written' || answer.result.kind !== 'decided') return;
    const { bookId, book, sequenceNumber, outcome } = answer.result;
    if (book !== null) this.seen.set(bookId, { sequenceNumber, priceCents: book.priceCents });
    this.holding.saw(bookId, call.operation, outcome);
    this.administering.saw(call.operation, outcome);
    if (outcome.kind !== 'created') return;
    const { operationId } = call.operation;
    const place = operationId.startsWith('first-') ? Number(operationId.slice('first-'.length)) : 0;
    if (place > 0) this.first[place - 1] = outcome.bookId;
    else this.later.push(outcome.bookId);
  }

  private draw(): Prng {
    return this.random as Prng;
  }

  private nextId(): string {
    this.made += 1;
    return `o${this.made}`;
  }

  /** Mostly the first ones, which are hot; now and then one that may not exist. */
  private anyBook(unknownToo: boolean): BookId {
    const random = this.draw();
    if (unknownToo && random.chance(0.08))
      return Math.max(...this.first, ...this.later) + 1 + random.below(2);
    return random.pick(random.chance(0.8) || this.later.length === 0 ? this.first : this.later);
  }

  /** Whoever administers a book has seen it. */
  private administer(): Call {
    const known = this.first.filter((bookId) => this.seen.has(bookId));
    if (known.length === 0) return { kind: 'look-up', bookId: this.anyBook(false) };
    return this.administering.ask(this.draw(), known);
  }

  private write(make: (operationId: string, bookId: BookId) => Operation): Call {
    const bookId = this.anyBook(false);
    return { kind: 'write', bookId, operation: make(this.nextId(), bookId) };
  }

  private sale(operationId: string, bookId: BookId): Operation {
    const random = this.draw();
    const expectedPriceCents = random.chance(0.3) ? (this.seen.get(bookId)?.priceCents ?? null) : null;
    return { kind: 'sale', operationId, copies: 1 + random.below(3), expectedPriceCents };
  }

  private edit(operationId: string, bookId: BookId): Operation {
    const random = this.draw();
    const expectedSequenceNumber = random.chance(0.5)
      ? (this.seen.get(bookId)?.sequenceNumber ?? null)
      : null;
    this.made += 1;
    const changes = random.pick([
      { priceCents: 2_000 + this.made },
      { priceCents: 2_000 + this.made, quantity: random.below(6) },
      { title: `Title ${this.made}` },
      { topic: random.pick(TOPICS), priceCents: 2_000 + this.made },
    ]);
    return { kind: 'edit', operationId, changes, expectedSequenceNumber };
  }

  private newBook(): Book {
    const random = this.draw();
    this.made += 1;
    // Now and then a title that is there already: such a create answers `exists`.
    const title = random.chance(0.2) ? `First ${1 + random.below(this.settings.books)}` : `New ${this.made}`;
    return this.book(title, random.pick(TOPICS), 1 + random.below(5), 2_000 + this.made);
  }

  private book(title: string, topic: string, quantity: number, priceCents: number): Book {
    return { title, topic, quantity, priceCents, isbn: null, author: null };
  }
}
