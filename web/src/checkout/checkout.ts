import {
  type ConfirmAnswered,
  type HoldAnswered,
  type HoldAsked,
  type ReleaseAnswered,
  type SeenHold,
} from '../api/holds.js';
import { type Fetched } from '../api/shop.js';
import { type LackingItem, type Order } from '../api/types.js';
import { type Slot } from '../purchase/slot.js';
import { delayAfter, MOST_ATTEMPTS } from '../purchase/waiting.js';
import { type CheckoutItem, type Doing, type OpenCheckout } from './open-checkout.js';

/** How long a basket is held while its buyer pays. */
export const HOLD_SECONDS = 600;

export type CheckoutState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'asking';
      readonly doing: Doing;
      readonly items: readonly CheckoutItem[];
      /** Those that brought no outcome. */
      readonly attempts: number;
    }
  /** Asked so often that it waits for the buyer to say so. */
  | { readonly kind: 'stalled'; readonly doing: Doing; readonly items: readonly CheckoutItem[] }
  | ({ readonly kind: 'held' } & SeenHold)
  /** The hold ended before it was paid: nothing was bought. */
  | { readonly kind: 'ran out'; readonly items: readonly CheckoutItem[] }
  | { readonly kind: 'left' }
  | {
      readonly kind: 'lacking';
      readonly lacking: readonly LackingItem[];
      readonly items: readonly CheckoutItem[];
    }
  | { readonly kind: 'bought'; readonly order: Order }
  | { readonly kind: 'failed'; readonly message: string };

export interface CheckoutPorts {
  readonly place: (asked: HoldAsked) => Promise<HoldAnswered>;
  readonly confirm: (holdId: string) => Promise<ConfirmAnswered>;
  readonly release: (holdId: string) => Promise<ReleaseAnswered>;
  readonly look: (holdId: string) => Promise<Fetched<SeenHold>>;
  readonly wait: (delayMs: number) => Promise<void>;
  readonly newKey: () => string;
  readonly open: Slot<OpenCheckout | null>;
  /** May be told of one order again. */
  readonly bought: (order: Order) => void;
}

/** Holds a basket, and pays for it or leaves it: one checkout at a time in a browser, whichever tab it is in. */
export class Checkout {
  #state: CheckoutState = { kind: 'none' };
  /** What this tab shows as held. */
  private held: OpenCheckout | null = null;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly ports: CheckoutPorts) {}

  get state(): CheckoutState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Does nothing while another basket is held or asked for: a double click holds once. */
  async hold(items: readonly CheckoutItem[]): Promise<void> {
    if (items.length === 0 || this.ports.open.get() !== null) return;
    await this.settle({ key: this.ports.newKey(), items, doing: 'holding', doubtful: false, seen: null });
  }

  pay(): Promise<void> {
    return this.decide('paying');
  }

  leave(): Promise<void> {
    return this.decide('leaving');
  }

  /** By the clock. What is left of the hold is given back at once: it would be in the way of the next. */
  timeIsUp(): Promise<void> {
    return this.decide('running out');
  }

  /** After a reload, or when another tab went on: what was begun is asked again, what is held is shown. */
  async resume(): Promise<void> {
    if (this.#state.kind === 'asking') return;
    const stored = this.ports.open.get();
    if (stored !== null && stored.doing !== 'nothing') return this.settle({ ...stored, doubtful: true });
    // Nothing stored, but held here: another tab has ended it.
    const open = stored ?? this.held;
    if (open?.seen == null) return;
    this.held = open;
    this.set({ kind: 'held', ...open.seen });
    await this.lookAgain(open, open.seen);
  }

  /** Asks again for what has stalled. */
  async askAgain(): Promise<void> {
    const open = this.ports.open.get();
    if (this.#state.kind === 'stalled' && open !== null) await this.settle(open);
  }

  /** Forgets a result that the buyer has seen. */
  dismiss(): void {
    if (this.ports.open.get() === null && this.#state.kind !== 'asking') this.set({ kind: 'none' });
  }

  private async decide(doing: Doing): Promise<void> {
    if (this.#state.kind !== 'held') return;
    const open = this.ports.open.get();
    if (open?.doing === 'nothing') await this.settle({ ...open, doing });
    // Another tab has gone on with it.
    else await this.resume();
  }

  private async settle(first: OpenCheckout): Promise<void> {
    let open = first;
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts++) {
      if (this.isOvertaken(open)) return this.giveWay();
      this.ports.open.set(open);
      this.set({ kind: 'asking', doing: open.doing, items: open.items, attempts });
      if (attempts > 0) await this.ports.wait(delayAfter(attempts));
      const step = await this.attempt(open);
      if (step.kind === 'ended') return this.end(open, step.state);
      if (step.kind === 'placed') return this.follow(open, step.seen);
      open = { ...open, doing: step.doing, doubtful: true };
    }
    this.ports.open.set(open);
    this.set({ kind: 'stalled', doing: open.doing, items: open.items });
  }

  private async attempt({ key, items, doing, doubtful, seen }: OpenCheckout): Promise<Step> {
    if (seen === null) {
      return judgePlaced(await this.ports.place({ key, items, ttlSeconds: HOLD_SECONDS }), items, doubtful);
    }
    const { holdId } = seen.hold;
    if (doing === 'paying') return judgePaid(await this.ports.confirm(holdId), items);
    return judgeLeft(await this.ports.release(holdId), items, doing);
  }

  /** Whether it still is held, by the shop's word. */
  private async lookAgain(open: OpenCheckout, { hold }: SeenHold): Promise<void> {
    const found = await this.ports.look(hold.holdId);
    // The buyer went on meanwhile; or nobody answers, and the countdown goes on by what is known.
    if (this.#state.kind !== 'held' || found.kind === 'failed' || found.kind === 'cancelled') return;
    if (found.kind === 'missing') return this.end(open, { kind: 'ran out', items: open.items });
    return this.follow(open, found.value);
  }

  /** To what the shop says of the hold. */
  private follow(open: OpenCheckout, seen: SeenHold): void | Promise<void> {
    const { state } = seen.hold;
    switch (state) {
      case 'held':
        return this.keep({ ...open, doing: 'nothing' }, seen);
      case 'confirmed':
        // To confirm it again says which order it became.
        return this.settle({ ...open, doing: 'paying', seen });
      case 'released':
        return this.end(open, { kind: 'left' });
      case 'expired':
        return this.end(open, { kind: 'ran out', items: open.items });
      default:
        return state satisfies never;
    }
  }

  private keep(open: OpenCheckout, seen: SeenHold): void {
    this.held = { ...open, seen };
    const stored = this.ports.open.get();
    // What is stored already is not written again: other tabs would look again, and so on.
    const isStored = stored?.doing === 'nothing' && stored.seen?.hold.holdId === seen.hold.holdId;
    if (!isStored) this.ports.open.set(this.held);
    this.set({ kind: 'held', ...seen });
  }

  private end(open: OpenCheckout, state: CheckoutState): void {
    if (state.kind === 'bought') this.ports.bought(state.order);
    this.held = null;
    if (!this.isOvertaken(open)) this.ports.open.set(null);
    this.set(state);
  }

  /** Another tab has ended this checkout and begun the next. */
  private isOvertaken({ key }: OpenCheckout): boolean {
    const stored = this.ports.open.get();
    return stored !== null && stored.key !== key;
  }

  private giveWay(): Promise<void> {
    this.held = null;
    this.set({ kind: 'none' });
    return this.resume();
  }

  private set(state: CheckoutState): void {
    this.#state = state;
    for (const listener of this.listeners) listener();
  }
}

type Step =
  | { readonly kind: 'ended'; readonly state: CheckoutState }
  /** It was held; asked again, it may have ended since. */
  | { readonly kind: 'placed'; readonly seen: SeenHold }
  /** Not known yet. */
  | { readonly kind: 'again'; readonly doing: Doing };

function judgePlaced(answered: HoldAnswered, items: readonly CheckoutItem[], doubtful: boolean): Step {
  switch (answered.kind) {
    case 'held':
      return { kind: 'placed', seen: { hold: answered.hold, aheadMs: answered.aheadMs } };
    case 'lacking':
      return { kind: 'ended', state: { kind: 'lacking', lacking: answered.items, items } };
    case 'refused':
      return { kind: 'ended', state: { kind: 'failed', message: answered.message } };
    case 'not now':
      return doubtful
        ? { kind: 'again', doing: 'holding' }
        : { kind: 'ended', state: { kind: 'failed', message: `${answered.message} Nothing was held.` } };
    case 'unknown':
      return { kind: 'again', doing: 'holding' };
    default:
      return answered satisfies never;
  }
}

function judgePaid(answered: ConfirmAnswered, items: readonly CheckoutItem[]): Step {
  switch (answered.kind) {
    case 'bought':
      return { kind: 'ended', state: { kind: 'bought', order: answered.order } };
    case 'hold expired':
      return { kind: 'ended', state: { kind: 'ran out', items } };
    case 'hold released':
      return { kind: 'ended', state: { kind: 'left' } };
    case 'refused':
      return { kind: 'ended', state: { kind: 'failed', message: answered.message } };
    // The hold stands, and confirming is safe to repeat.
    case 'not now':
    case 'unknown':
      return { kind: 'again', doing: 'paying' };
    default:
      return answered satisfies never;
  }
}

function judgeLeft(answered: ReleaseAnswered, items: readonly CheckoutItem[], doing: Doing): Step {
  switch (answered.kind) {
    // Refused: nothing to be done about it, and it ends by itself.
    case 'refused':
    case 'ended':
      return {
        kind: 'ended',
        state: doing === 'running out' ? { kind: 'ran out', items } : { kind: 'left' },
      };
    case 'sold already':
      return { kind: 'again', doing: 'paying' };
    case 'not now':
    case 'unknown':
      return { kind: 'again', doing };
    default:
      return answered satisfies never;
  }
}
