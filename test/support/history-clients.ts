import { randomUUID } from 'node:crypto';
import { CATALOGUE, type Book, type BookId, type Operation } from '../../src/core/replication/types.js';
import { Prng } from '../simulation/engine/prng.js';
import { type Answer, type Call, type History } from '../simulation/history.js';
import { ShopCalls } from './history-calls.js';
import { until } from './until.js';

export interface Crowd {
  /** Base addresses; each client goes to any of them, and to another one when one fails. */
  readonly frontEnds: readonly string[];
  readonly buyers: number;
  readonly readers: number;
  readonly books: number;
  readonly seed: number;
  /** Of one attempt; by default shorter than a front-end's own patience, so that some outcomes are unknown. */
  readonly attemptMs?: number;
  /** How many of the requests are made once only, whatever comes of it: 0 to 1. */
  readonly hasty?: number;
}

/** What a client does between two requests: long enough that a history of a minute can be judged. */
const LONGEST_THOUGHT_MS = 20;
const ATTEMPT_MS = 1_500;
const PAUSE_MS = 30;
/** After that a client gives an operation up, with the outcome that it has. */
const PATIENCE_MS = 30_000;
const HASTY = 0.2;
const FOUNDER = 'founder';

/**
 * Buyers and readers at once, on books of their own, through all front-ends. A write that was refused or whose outcome is unknown is
 * sent again under its key, through another front-end. All that they asked and got stands in the history, in this process's monotonic time.
 */
export class Clients {
  /** Requests that were answered. */
  private answered = 0;
  /** Attempts that were refused, or whose outcome is unknown. */
  private failed = 0;
  readonly books: BookId[] = [];
  /** Every topic and title of these books contains it, and no other book's. */
  readonly label: string;
  private readonly calls = new ShopCalls();
  private readonly lastSeen = new Map<BookId, { readonly book: Book; readonly sequenceNumber: number }>();
  private readonly loops: Promise<void>[] = [];
  private active = true;
  private closed = false;

  constructor(
    private readonly crowd: Crowd,
    private readonly history: History,
  ) {
    this.label = `label ${randomUUID().slice(0, 8)}`;
  }

  get surprises(): readonly string[] {
    return this.calls.surprises;
  }

  /** Attempts without a good answer, but those to which nobody listened. */
  get failures(): readonly string[] {
    return this.calls.failures;
  }

  /** A front-end that had said it would stop is there again. */
  returned(frontEnd: string): void {
    this.calls.leaving.delete(frontEnd);
  }

  /** Founds the books, then lets everybody go. */
  async start(): Promise<void> {
    for (let index = 0; index < this.crowd.books; index += 1) {
      const book: Book = { ...this.fresh(index), priceCents: 1_000, quantity: 20, isbn: null, author: null };
      const operation: Operation = { kind: 'create', operationId: `create:${randomUUID()}`, book };
      const call: Call = { kind: 'write', bookId: CATALOGUE, operation };
      const answer = await this.call(FOUNDER, new Prng(this.crowd.seed, 99), call, index);
      if (answer.kind !== 'written' || answer.result.kind !== 'decided')
        throw new Error('a book could not be founded');
      this.books.push(answer.result.bookId);
    }
    for (let index = 0; index < this.crowd.buyers; index += 1) this.go(`buyer ${index + 1}`, index, 0.7);
    for (let index = 0; index < this.crowd.readers; index += 1) this.go(`reader ${index + 1}`, 50 + index, 0);
  }

  /** When so many more requests were answered. */
  async more(count: number, withinMs = 60_000): Promise<void> {
    const target = this.answered + count;
    await until(`${count} more answers`, () => this.answered >= target, withinMs);
  }

  /** When so many more attempts failed. */
  async moreFailures(count: number, withinMs = 60_000): Promise<void> {
    const target = this.failed + count;
    await until(`${count} more failures`, () => this.failed >= target, withinMs);
  }

  /** Everybody ends what he is at. */
  async stop(): Promise<void> {
    this.active = false;
    await Promise.all(this.loops);
  }

  /** One look at every book through every front-end, when all is well again. */
  async lookAround(): Promise<void> {
    for (const frontEnd of this.crowd.frontEnds) {
      const calls: Call[] = [
        ...this.books.map((bookId): Call => ({ kind: 'look-up', bookId })),
        { kind: 'search', text: this.label, by: 'topic' },
      ];
      for (const call of calls) {
        const item = this.history.call('last look', call, performance.now());
        this.history.answer(item, await this.calls.ask(frontEnd, call, ATTEMPT_MS), performance.now());
      }
    }
  }

  /** Whatever they are at is given up. */
  async close(): Promise<void> {
    this.closed = true;
    await this.stop();
    await this.calls.close();
  }

  private go(client: string, stream: number, writes: number): void {
    const random = new Prng(this.crowd.seed, stream);
    const live = async (): Promise<void> => {
      while (this.active) {
        await new Promise((resolve) => setTimeout(resolve, random.between(1, LONGEST_THOUGHT_MS)));
        if (random.chance(writes)) await this.writeAndLook(client, random);
        else await this.call(client, random, this.read(random), random.below(this.crowd.frontEnds.length));
      }
    };
    this.loops.push(live());
  }

  /** At once after an answer is when a copy in another front-end's cache would show. */
  private async writeAndLook(client: string, random: Prng): Promise<void> {
    const call = this.write(random);
    const frontEnd = random.below(this.crowd.frontEnds.length);
    const answer = await this.call(client, random, call, frontEnd);
    if (answer.kind !== 'written' || random.chance(0.3)) return;
    const lookUp: Call = { kind: 'look-up', bookId: call.bookId };
    await this.call(client, random, lookUp, frontEnd + 1);
  }

  private async call(client: string, random: Prng, call: Call, frontEnd: number): Promise<Answer> {
    const item = this.history.call(client, call, performance.now());
    const isHasty = client !== FOUNDER && random.chance(this.crowd.hasty ?? HASTY);
    const deadline = item.start + (isHasty ? 0 : PATIENCE_MS);
    const answer = await this.attempt(random, call, deadline, frontEnd);
    this.history.answer(item, answer, performance.now());
    this.remember(answer);
    return answer;
  }

  private async attempt(random: Prng, call: Call, deadline: number, frontEnd: number): Promise<Answer> {
    const { attemptMs = ATTEMPT_MS } = this.crowd;
    let mayHaveHappened = false;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.calls.ask(this.frontEndAt(frontEnd + attempt), call, attemptMs);
      if (answer.kind !== 'refused' && answer.kind !== 'unknown') {
        this.answered += 1;
        return answer;
      }
      this.failed += 1;
      mayHaveHappened ||= answer.kind === 'unknown';
      if (this.closed || performance.now() > deadline)
        return { kind: mayHaveHappened ? 'unknown' : 'refused' };
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (1 + random.fraction())));
    }
  }

  /** Round and round, past those that are about to stop as long as there are others. */
  private frontEndAt(place: number): string {
    const staying = this.crowd.frontEnds.filter((address) => !this.calls.leaving.has(address));
    const open = staying.length > 0 ? staying : this.crowd.frontEnds;
    return open[place % open.length] ?? '';
  }

  private remember(answer: Answer): void {
    if (answer.kind !== 'looked up' || answer.result.kind !== 'found') return;
    const { bookId, book, sequenceNumber } = answer.result;
    this.lastSeen.set(bookId, { book, sequenceNumber });
  }

  private read(random: Prng): Call {
    return random.chance(0.15)
      ? { kind: 'search', text: random.chance(0.5) ? this.label : `${this.label} shelf 1`, by: 'topic' }
      : { kind: 'look-up', bookId: random.pick(this.books) };
  }

  private write(random: Prng): Extract<Call, { kind: 'write' }> {
    const bookId = random.pick(this.books);
    return { kind: 'write', bookId, operation: this.operation(bookId, random) };
  }

  /** Stock goes down to nothing and comes back, prices change under buyers who saw the old one, books change shelves. */
  private operation(bookId: BookId, random: Prng): Operation {
    const key = randomUUID();
    const dice = random.fraction();
    const known = this.lastSeen.get(bookId);
    const copies = 1 + random.below(3);
    if (dice < 0.7) {
      const expectedPriceCents = random.chance(0.6) ? (known?.book.priceCents ?? null) : null;
      return { kind: 'sale', operationId: `buy:${key}`, copies, expectedPriceCents };
    }
    if (dice < 0.85) return { kind: 'restock', operationId: `restock:${key}`, copies: copies * 3 };
    const changes =
      dice < 0.95 ? { priceCents: 900 + random.below(5) * 50 } : this.fresh(random.below(1_000));
    const expectedSequenceNumber = random.chance(0.3) ? (known?.sequenceNumber ?? null) : null;
    return { kind: 'edit', operationId: `edit:${key}`, changes, expectedSequenceNumber };
  }

  private fresh(index: number): Pick<Book, 'title' | 'topic'> {
    return { title: `${this.label} title ${index}`, topic: `${this.label} shelf ${index % 2}` };
  }
}
