import { randomInt } from 'node:crypto';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type Call } from '../../contract/call.js';
import { type BookAnswer } from '../../contract/catalog.js';
import { type Observation, rangeCall, rangesCall } from '../../contract/observation.js';
import { lookUpCall } from '../../contract/rpc.js';
import { Metrics } from '../../observability/metrics.js';
import { Rpc } from '../../rpc/rpc.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ClusterWatch } from '../ops/cluster-watch.js';
import { type Answer, booksThatDiffer, rangesThatDiffer, staleAmong } from './comparison.js';

const BOOKS_PER_LOOK = 4;
const LOOK = { timeoutMs: 2_000 };
const MOST_FINDINGS = 20;

/**
 * Buys nothing and looks, every OBSERVE_EVERY: reads books through all front-ends and straight from all catalogs, and goes through the
 * catalogs' ranges of books. What it finds cannot be, so each finding is one that a person has to see.
 */
@Injectable()
export class Observer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Observer');
  private readonly findings: string[] = [];
  private readonly counts = {
    answers: 0,
    stale: 0,
    booksCompared: 0,
    booksThatDiffer: 0,
    oversoldCopies: 0,
    looks: 0,
  };
  private lookedAt: number | null = null;
  private range = 0;
  private oversold = 0;
  private highestId = 0;
  private cancel: () => void = () => undefined;
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: FrontendConfig,
    private readonly cluster: ClusterWatch,
    private readonly rpc: Rpc,
    private readonly clock: SystemClock,
    metrics: Metrics,
  ) {
    const counted = (name: string, help: string, of: () => number): void =>
      metrics.countedElsewhere(name, help, [], () => [[{}, of()]]);
    const { counts } = this;
    counted(
      'bazar_observer_answers_total',
      'Answers compared, of all front-ends and catalogs',
      () => counts.answers,
    );
    counted('bazar_observer_stale_answers_total', 'Answers older than one had before', () => counts.stale);
    counted(
      'bazar_observer_books_compared_total',
      'Books compared on all catalogs',
      () => counts.booksCompared,
    );
    counted(
      'bazar_observer_books_that_differ_total',
      'Books that catalogs do not agree on at the same number',
      () => counts.booksThatDiffer,
    );
    metrics.gauge(
      'bazar_observer_oversold_copies',
      'Copies sold that are not there',
      () => counts.oversoldCopies,
    );
  }

  onApplicationBootstrap(): void {
    if (this.config.observeEveryMs !== null) this.again(this.config.observeEveryMs);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    this.cancel();
  }

  observation(): Observation {
    const { observeEveryMs: everyMs } = this.config;
    const { lookedAt } = this;
    const lookedAgoMs = lookedAt === null ? null : Math.round(this.clock.monotonicMs() - lookedAt);
    return { on: everyMs !== null, ...this.counts, everyMs, lookedAgoMs, findings: this.findings };
  }

  /** One look: some books at every place, and the next few ranges. Never throws. */
  async look(): Promise<void> {
    await this.compareRanges();
    const names = await this.cluster.names();
    const frontEnds = [...names]
      .filter(([, name]) => name.startsWith('Front-end'))
      .map(([address]) => address);
    for (let book = 0; book < BOOKS_PER_LOOK && this.highestId > 0; book += 1) {
      await this.compareAnswers(randomInt(1, this.highestId + 1), frontEnds);
    }
    this.lookedAt = this.clock.monotonicMs();
  }

  private again(everyMs: number): void {
    this.cancel = this.clock.after(everyMs, () => {
      void this.look().then(() => {
        if (!this.stopped) this.again(everyMs);
      });
    });
  }

  /** In another order each time, and one after the other: only what was there before is a measure of what comes after. */
  private async compareAnswers(bookId: number, frontEnds: readonly string[]): Promise<void> {
    const places = [
      ...frontEnds.map((address) => ({ address, ask: () => this.throughFrontEnd(address, bookId) })),
      ...this.config.catalogAddresses.map((address) => ({
        address,
        ask: () => this.straightFrom(address, bookId),
      })),
    ];
    shuffle(places);
    const answers: Answer[] = [];
    for (const { address, ask } of places) {
      const sequenceNumber = await ask();
      if (sequenceNumber !== undefined) answers.push({ place: address, sequenceNumber });
    }
    this.counts.answers += answers.length;
    for (const { place, sequenceNumber } of staleAmong(answers)) {
      this.counts.stale += 1;
      this.found(
        `${place} answered with book ${bookId} of number ${sequenceNumber}, older than what was answered before: ${JSON.stringify(answers)}`,
      );
    }
  }

  private async compareRanges(): Promise<void> {
    const answers = await this.fromAll(rangesCall, { from: this.range });
    // What is compared is compared on all of them.
    if (answers === null) return;
    this.highestId = Math.max(...answers.map(({ nextBookId }) => nextBookId - 1));
    for (const range of rangesThatDiffer(answers.map(({ ranges }) => ranges))) {
      const books = await this.fromAll(rangeCall, { range });
      for (const bookId of booksThatDiffer(books ?? [])) {
        this.counts.booksThatDiffer += 1;
        this.found(`the catalogs do not agree on book ${bookId}, at the same number of its ledger`);
      }
    }
    const most = answers.map(({ ranges }) => ranges.reduce((sum, { books }) => sum + books, 0));
    this.counts.booksCompared += Math.min(...most);
    this.oversold += Math.max(
      ...answers.map(({ ranges }) => ranges.reduce((sum, { oversold }) => sum + oversold, 0)),
    );
    const next = Math.max(...answers.map((answer) => answer.next ?? 0));
    this.range = next;
    if (next !== 0) return;
    this.counts.looks += 1;
    this.counts.oversoldCopies = this.oversold;
    this.oversold = 0;
  }

  /** As a buyer would, on the way that buyers take. Null: there is no such book; undefined: no answer. */
  private async throughFrontEnd(address: string, bookId: number): Promise<number | null | undefined> {
    try {
      const signal = AbortSignal.timeout(LOOK.timeoutMs);
      const response = await fetch(`${address}/lookup/${bookId}`, { signal, redirect: 'error' });
      const body = (await response.json()) as Partial<BookAnswer>;
      if (response.status === 404) return null;
      return response.ok ? body.sequenceNumber : undefined;
    } catch {
      return undefined;
    }
  }

  private async straightFrom(address: string, bookId: number): Promise<number | null | undefined> {
    const answer = await this.rpc.to(address).answerTo(lookUpCall, { bookId }, LOOK);
    switch (answer?.kind) {
      case 'found':
        return answer.book.sequenceNumber;
      case 'no such book':
        return null;
      default:
        return undefined;
    }
  }

  /** Null: one of the catalogs did not answer. */
  private async fromAll<Request, Answer>(
    call: Call<Request, Answer>,
    request: Request,
  ): Promise<Answer[] | null> {
    const { catalogAddresses } = this.config;
    const answers = await Promise.all(
      catalogAddresses.map((address) => this.rpc.to(address).answerTo(call, request, LOOK)),
    );
    const given = answers.filter((answer) => answer !== null);
    return given.length === answers.length ? given : null;
  }

  private found(what: string): void {
    this.log.error(what);
    this.findings.push(what);
    if (this.findings.length > MOST_FINDINGS) this.findings.shift();
  }
}

function shuffle(list: unknown[]): void {
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = randomInt(0, last + 1);
    [list[last], list[other]] = [list[other], list[last]];
  }
}
