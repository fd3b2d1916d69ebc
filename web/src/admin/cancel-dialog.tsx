import { useEffect, useRef, useState } from 'preact/hooks';
import { type Order, type OrderedItem } from '../api/types.js';
import { counted } from '../books/money.js';
import { itemsOf } from '../shop/ordered-items.js';
import { type Administered, type Administration, type CancelWish } from './api.js';
import { Refusal } from './refusal.js';
import { useChange } from './use-change.js';

interface Props {
  readonly administration: Administration;
  readonly order: Order;
  /** The order as it is now. */
  readonly saw: (order: Order) => void;
  readonly notAllowed: () => void;
  readonly close: () => void;
}

const WHOLE = 'whole';

/** Asks what of an order to cancel, and whether really. */
export function CancelDialog({ administration, order, saw, notAllowed, close }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { state, send, reset } = useChange<Order>(notAllowed);
  const items = itemsOf(order).filter((item) => leftOf(item) > 0);
  const [chosen, setChosen] = useState(WHOLE);
  const [typed, setTyped] = useState<number | null>(null);
  const item = items.length === 1 ? items[0] : items.find(({ bookId }) => String(bookId) === chosen);
  const all = (item === undefined ? items : [item]).reduce((sum, each) => sum + leftOf(each), 0);
  const copies = item === undefined ? all : Math.min(typed ?? all, all);

  const choose = (bookId: string): void => {
    setChosen(bookId);
    setTyped(null);
  };
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const wish = wishOf(item, copies, all);
    await send(async (key): Promise<Administered<Order>> => {
      const result = await administration.cancel(order.orderId, wish, key);
      if (result.kind === 'done') {
        saw(result.value);
        close();
      }
      if (result.kind === 'refused') await lookAgain();
      return result;
    });
  };
  /** Somebody else may have cancelled meanwhile. */
  const lookAgain = async (): Promise<void> => {
    const now = await administration.order(order.orderId);
    if (now.kind === 'done') saw(now.value);
  };
  return (
    <dialog ref={dialog} class="ask" aria-labelledby="cancel-title" onClose={close}>
      <form onSubmit={(event) => void submit(event)} onInput={reset}>
        <h2 id="cancel-title">Cancel this order?</h2>
        <p class="lead">
          Order <code>{order.orderId}</code>. What is cancelled goes back on sale at once; this cannot be
          taken back. Paying back is not the shop’s.
        </p>
        {items.length > 1 && <What items={items} chosen={chosen} choose={choose} />}
        {item !== undefined && all > 1 && <CopiesOf all={all} copies={copies} type={setTyped} />}
        <div class="ask-buttons">
          <button type="submit" class="button button-main" disabled={state.kind === 'sending' || all === 0}>
            Return {counted(copies, 'copy', 'copies')} to stock
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Keep the order
          </button>
        </div>
        <Refusal state={state} />
      </form>
    </dialog>
  );
}

interface WhatProps {
  readonly items: readonly OrderedItem[];
  readonly chosen: string;
  readonly choose: (bookId: string) => void;
}

function What({ items, chosen, choose }: WhatProps) {
  return (
    <label class="field">
      <span>What</span>
      <select value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
        <option value={WHOLE}>The whole order</option>
        {items.map(({ bookId, title }) => (
          <option key={bookId} value={String(bookId)}>
            Only {title}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CopiesOfProps {
  readonly all: number;
  readonly copies: number;
  readonly type: (copies: number | null) => void;
}

function CopiesOf({ all, copies, type }: CopiesOfProps) {
  return (
    <label class="field">
      <span>
        Copies <small>of {all}</small>
      </span>
      <input
        type="number"
        required
        min={1}
        max={all}
        step={1}
        value={copies}
        onInput={(event) => type(event.currentTarget.valueAsNumber || null)}
      />
    </label>
  );
}

function leftOf({ quantity, cancelled }: OrderedItem): number {
  return quantity - cancelled;
}

/** All that are left is said by leaving the number out: then it holds for what is left by then. */
function wishOf(item: OrderedItem | undefined, copies: number, all: number): CancelWish {
  if (item === undefined) return {};
  return { bookId: item.bookId, ...(copies < all && { copies }) };
}
