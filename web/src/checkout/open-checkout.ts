import { type SeenHold, type WantedItem } from '../api/holds.js';

export const CHECKOUT_NAME = 'bazar.checkout';

export interface CheckoutItem extends WantedItem {
  readonly title: string;
}

const DOINGS = ['holding', 'paying', 'leaving', 'running out', 'nothing'] as const;
/** What is under way with the shop, its outcome not known yet; `nothing`: the buyer decides what comes next. */
export type Doing = (typeof DOINGS)[number];

/** What must not be forgotten over a reload. It is stored before anything is sent, so that the same is asked again. */
export interface OpenCheckout {
  readonly key: string;
  readonly items: readonly CheckoutItem[];
  readonly doing: Doing;
  /** An attempt to hold went out whose fate is unknown: from then on only a decision ends it. */
  readonly doubtful: boolean;
  /** Null: not held yet. */
  readonly seen: SeenHold | null;
}

/** Null: none, or nothing that this release can make sense of. */
export function openIn(stored: unknown): OpenCheckout | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { key, items, doing, seen } = stored as Partial<Record<keyof OpenCheckout, unknown>>;
  const known = DOINGS.some((each) => each === doing);
  const held = typeof seen === 'object' && (seen !== null || doing === 'holding');
  return typeof key === 'string' && Array.isArray(items) && known && held ? (stored as OpenCheckout) : null;
}

/** Whether a checkout was left open in this browser: only then its script is needed at once. */
export function isOpenIn(storage: Storage | null): boolean {
  try {
    return openIn(JSON.parse(storage?.getItem(CHECKOUT_NAME) ?? 'null')) !== null;
  } catch {
    return false;
  }
}
