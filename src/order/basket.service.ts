import { type CallResult } from '../contract/call.js';
import {
  type BasketAnswer,
  type BasketRequest,
  type HeldCopies,
  type Lack,
  orderMade,
  type WantedCopies,
} from '../contract/holding.js';
import { type OperationsRequest, type OperationsResponse } from '../contract/internal.js';
import { type LookUpAnswer, lookUpCall } from '../contract/rpc.js';
import { centsOf } from '../contract/book-limits.js';
import { type OtherAttempts, type Verdict } from '../core/balancing/fail-over.js';
import { confirmationOf, releaseId } from '../core/replication/holds.js';
import { type Clock } from '../core/replication/ports.js';
import { amongAttempts, copiesLeft, type SubmitResult } from '../core/replication/results.js';
import { type BookId, type HoldId, type HoldTerm, type Operation } from '../core/replication/types.js';
import { asRequest, currentRequest, type RequestContext } from '../observability/request-context.js';
import { type Rpc } from '../rpc/rpc.js';
import { type Steering } from '../core/balancing/steering.js';
import { submitOverLine } from '../rpc/upstream/submit-over-line.js';
import { type Upstream } from '../rpc/upstream/upstreams.js';

/** What bounds a basket, and whose it is. */
interface Errand {
  readonly dueAt: number;
  readonly context: RequestContext | undefined;
}

interface Limits {
  /** Of one attempt. */
  readonly requestTimeoutMs: number;
}

type Settled = Extract<SubmitResult, { kind: 'decided' | 'no such book' | 'operation id reused' }>;
type Decided = Extract<SubmitResult, { kind: 'decided' }>;
type Failed = Extract<BasketAnswer, { kind: 'unreachable' | 'overloaded' | 'operation id reused' }>;
type Step<T> = { readonly kind: 'done'; readonly value: T } | Failed;
type Items = OperationsRequest['operations'];

/** A hold in a ledger. */
interface Held extends HeldCopies {
  readonly until: number;
  readonly repeated: boolean;
}

const MAY_HAVE_HAPPENED: Failed = { kind: 'unreachable', mayHaveHappened: true };

/**
 * Holds and sells several books, all or nothing (H4, H5): a hold in the book of the lowest id, which decides; then holds in the others, which
 * follow it; then, of an order, the confirmation of the first. Every step bears an id made of the request's: asked again, by whoever takes
 * over, each is what it was. Should nobody take over, what is held so far ends by itself.
 */
export class BasketService {
  constructor(
    private readonly catalogs: Pick<Upstream, 'request'>,
    private readonly rpc: Pick<Rpc, 'to'>,
    private readonly steering: Steering,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    private readonly limits: Limits,
  ) {}

  async place(request: BasketRequest, timeoutMs: number): Promise<BasketAnswer> {
    const errand = { dueAt: this.clock.monotonicMs() + timeoutMs, context: currentRequest() };
    const [first, ...others] = request.items;
    if (first === undefined) throw new Error('a basket without items');
    const begun = await this.decide([holding(request, first, termOf(request, others))], errand);
    if (begun.kind !== 'done') return begun;
    const [result] = begun.value;
    if (result === undefined || result.kind === 'operation id reused') return { kind: 'operation id reused' };
    const deciding = heldIn(result, first);
    if ('reason' in deciding) {
      const lacks = [deciding, ...(await this.lacksAmong(others, errand))];
      return { kind: 'refused', lacks, repeated: result.kind === 'decided' && result.repeated === true };
    }
    const followed = await this.follow(request, deciding, others, errand);
    return followed.kind === 'done' ? this.finish(request, deciding, followed.value, errand) : followed;
  }

  /** The holds of the other books, or, of those that were refused, why. */
  private async follow(
    request: BasketRequest,
    { holdId: decidedBy, until }: Held,
    others: readonly WantedCopies[],
    errand: Errand,
  ): Promise<Step<readonly (Held | Lack)[]>> {
    if (others.length === 0) return { kind: 'done', value: [] };
    const term: HoldTerm = { kind: 'following', until, decidedBy };
    const asked = others.map((item) => holding(request, item, term));
    const step = await this.decide(asked, errand);
    if (step.kind !== 'done') return step.kind === 'operation id reused' ? step : MAY_HAVE_HAPPENED;
    if (step.value.some(({ kind }) => kind === 'operation id reused')) return { kind: 'operation id reused' };
    return { kind: 'done', value: step.value.map((each, at) => heldIn(each, others[at] as WantedCopies)) };
  }

  private async finish(
    request: BasketRequest,
    deciding: Held,
    followed: readonly (Held | Lack)[],
    errand: Errand,
  ): Promise<BasketAnswer> {
    const { holdId, until, repeated } = deciding;
    const lacks = followed.flatMap((each) => ('reason' in each ? [each] : []));
    if (lacks.length > 0) {
      const released = await this.endOf(
        deciding,
        { kind: 'release', operationId: releaseId(holdId), holdId },
        errand,
      );
      return released.kind === 'done' ? { kind: 'refused', lacks, repeated } : MAY_HAVE_HAPPENED;
    }
    const lines = followed.flatMap((each) => ('reason' in each ? [] : [each])).map(lineOf);
    if (request.wish === 'order') return this.sell(request, deciding, lines, errand);
    const items = [lineOf(deciding), ...lines];
    const { reference } = request;
    const hold = {
      holdId,
      state: 'held',
      until,
      items,
      whole: true,
      ...(reference !== undefined && { reference }),
    } as const;
    return { kind: 'held', hold, repeated };
  }

  private async sell(
    { reference }: BasketRequest,
    deciding: Held,
    lines: readonly HeldCopies[],
    errand: Errand,
  ): Promise<BasketAnswer> {
    const { holdId, repeated } = deciding;
    const step = await this.endOf(deciding, confirmationOf(holdId, lines), errand);
    if (step.kind !== 'done') return MAY_HAVE_HAPPENED;
    const { outcome, entryNumber: sequenceNumber } = step.value;
    if (outcome.kind !== 'sold') return { kind: 'ran out' };
    const order = orderMade(outcome, [lineOf(deciding), ...lines], sequenceNumber, reference);
    return { kind: 'ordered', order, repeated };
  }

  private async endOf({ bookId }: Held, operation: Operation, errand: Errand): Promise<Step<Decided>> {
    const step = await this.decide([{ bookId, operation }], errand);
    if (step.kind !== 'done') return step;
    const [result] = step.value;
    return result?.kind === 'decided' ? { kind: 'done', value: result } : MAY_HAVE_HAPPENED;
  }

  /** When the first book is not to be had nothing was asked of the others: as they are now. Those that cannot be read are not named. */
  private async lacksAmong(items: readonly WantedCopies[], errand: Errand): Promise<Lack[]> {
    const lacks = await Promise.all(
      items.map(async (item): Promise<Lack[]> => {
        const answer = await this.lookUp(item.bookId, errand);
        if (answer?.kind === 'no such book') return [{ ...missing(item) }];
        if (answer?.kind !== 'found') return [];
        const { title, quantity, price } = answer.book;
        const priceCents = centsOf(price);
        const left = Math.max(0, quantity);
        const known = { bookId: item.bookId, wanted: item.copies, title, left, priceCents };
        if (left < item.copies) return [{ ...known, reason: 'out of stock' }];
        const isOther = item.expectedPriceCents !== null && item.expectedPriceCents !== priceCents;
        return isOther ? [{ ...known, reason: 'price changed' }] : [];
      }),
    );
    return lacks.flat();
  }

  private async lookUp(bookId: BookId, errand: Errand): Promise<LookUpAnswer | null> {
    const reached = await this.catalogs.request<CallResult<LookUpAnswer>, LookUpAnswer>({
      ask: ({ endpoint, timeoutMs }) =>
        this.rpc.to(endpoint).call(lookUpCall, { bookId }, { timeoutMs, context: errand.context }),
      judge: (result) =>
        result.kind === 'answered' && result.answer.kind !== 'unavailable'
          ? { kind: 'done', value: result.answer }
          : { kind: 'try another', failure: 'not ready', mayHaveHappened: false },
      times: { ...this.timesUntil(errand), againAfter: [] },
      hedging: null,
    });
    return reached.kind === 'done' ? reached.value : null;
  }

  /** All at once, those of one leader together. */
  private async decide(operations: Items, errand: Errand): Promise<Step<readonly Settled[]>> {
    const turns = operations.map(({ bookId }) => this.steering.turnsFor(bookId));
    const firsts = [...new Set(turns.map(([first]) => first))];
    const placesOf = firsts.map((first) => [...turns.keys()].filter((at) => turns[at]?.[0] === first));
    const steps = await Promise.all(
      placesOf.map((places) => {
        const led = places.map((at) => operations[at] as Items[number]);
        return this.decideAt(turns[places[0] ?? 0] ?? [], led, errand);
      }),
    );
    const results = new Map<number, Settled>();
    for (const [group, step] of steps.entries()) {
      if (step.kind !== 'done') return step;
      placesOf[group]?.forEach((at, place) => results.set(at, step.value[place] as Settled));
    }
    return { kind: 'done', value: operations.map((_, at) => results.get(at) as Settled) };
  }

  private async decideAt(
    turns: readonly string[],
    operations: Items,
    errand: Errand,
  ): Promise<Step<readonly Settled[]>> {
    const reached = await this.catalogs.request<CallResult<OperationsResponse>, readonly Settled[]>({
      ...asRequest(errand.context, () =>
        submitOverLine(this.rpc, this.steering, operations, ({ results }, others) =>
          judgeResults(results, operations.length, others),
        ),
      ),
      times: { ...this.timesUntil(errand), againAfter: ['lost', 'not ready'] },
      turns,
      hedging: null,
    });
    if (reached.kind === 'done') return reached;
    const { mayHaveHappened, overloaded } = reached;
    return overloaded && !mayHaveHappened ? { kind: 'overloaded' } : { kind: 'unreachable', mayHaveHappened };
  }

  private timesUntil({ dueAt }: Errand) {
    const leftMs = Math.max(1, dueAt - this.clock.monotonicMs());
    return { attemptMs: this.limits.requestTimeoutMs, totalMs: leftMs, patienceMs: leftMs };
  }
}

function termOf({ ttlMs }: BasketRequest, others: readonly WantedCopies[]): HoldTerm {
  if (others.length === 0) return { kind: 'alone', ttlMs };
  return { kind: 'deciding', ttlMs, otherBooks: others.map(({ bookId }) => bookId) };
}

/** Each of its own id, of which clients can make none: theirs begin with a word and a colon. */
function holding(
  { operationId, reference }: BasketRequest,
  { bookId, copies, expectedPriceCents }: WantedCopies,
  term: HoldTerm,
): Items[number] {
  const own = term.kind === 'following' ? `${bookId}.${operationId}` : operationId;
  const named = reference === undefined || term.kind === 'following' ? {} : { reference };
  return {
    bookId,
    operation: { kind: 'hold', operationId: own, copies, expectedPriceCents, term, ...named },
  };
}

function heldIn(result: Settled, item: WantedCopies): Held | Lack {
  const { bookId, copies } = item;
  if (result.kind !== 'decided') return missing(item);
  const { outcome, book, repeated = false } = result;
  const title = book?.title ?? '';
  switch (outcome.kind) {
    case 'held': {
      const { holdId, priceCents, until } = outcome;
      return { bookId, title, copies, priceCents, holdId, until, repeated };
    }
    case 'out of stock':
    case 'price changed': {
      const left = copiesLeft(outcome, book);
      const priceCents = book?.priceCents;
      return {
        bookId,
        reason: outcome.kind,
        wanted: copies,
        title,
        left,
        ...(priceCents !== undefined && { priceCents }),
      };
    }
    default:
      throw new Error(`a hold cannot end as ${outcome.kind}`);
  }
}

function missing({ bookId, copies: wanted }: WantedCopies): Lack {
  return { bookId, reason: 'no such book', wanted };
}

function lineOf({ bookId, title, copies, priceCents, holdId }: HeldCopies): HeldCopies & { holdId: HoldId } {
  return { bookId, title, copies, priceCents, holdId };
}

function judgeResults(
  results: readonly SubmitResult[],
  asked: number,
  others: OtherAttempts,
): Verdict<readonly Settled[]> {
  const settled = results.flatMap((result) =>
    result.kind === 'not started' || result.kind === 'unknown' ? [] : [amongAttempts(result, others)],
  );
  // Another attempt may come to a book that is not there yet when there is one.
  const unsure =
    (others.underWay || others.mayHaveHappened) && settled.some(({ kind }) => kind === 'no such book');
  if (settled.length === asked && !unsure) return { kind: 'done', value: settled };
  const mayHaveHappened = results.length !== asked || results.some(({ kind }) => kind !== 'not started');
  return { kind: 'try another', failure: 'not ready', mayHaveHappened };
}
