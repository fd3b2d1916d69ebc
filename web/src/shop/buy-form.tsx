import { useEffect, useRef, useState } from 'preact/hooks';
import { type Book } from '../api/types.js';
import { formatPrice } from '../books/money.js';
import { isOpen } from '../purchase/desk.js';
import { useDesk } from '../purchase/desk-in-browser.js';
import { PurchaseResult } from './purchase-result.js';

const MOST_COPIES = 99;

interface BuyFormProps {
  readonly book: Book;
  readonly refresh: () => void;
  readonly saw: (book: Book) => void;
}

export function BuyForm({ book, refresh, saw }: BuyFormProps) {
  const desk = useDesk();
  const state = desk.state(book.id);
  const [wanted, setWanted] = useState(1);
  const most = Math.min(MOST_COPIES, book.quantity);
  const copies = Math.max(1, Math.min(wanted, most));
  const busy = state !== undefined && isOpen(state);
  const settled = state !== undefined && !busy;
  const result = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!settled) return;
    // The refusal brings the book as it is now: the next press is at the price that is shown.
    if ((state.kind === 'out of stock' || state.kind === 'price changed') && state.book) saw(state.book);
    refresh();
  }, [settled]);
  // What the buyer has read need not wait for them when they come back.
  useEffect(() => () => desk.dismiss(book.id), [book.id]);

  const submit = (event: Event): void => {
    event.preventDefault();
    desk.dismiss(book.id);
    void desk.buy(book, copies);
    result.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <form class="buy" onSubmit={submit}>
        <Copies copies={copies} most={most} disabled={busy || book.quantity === 0} change={setWanted} />
        <button
          type="submit"
          class="button button-main"
          aria-disabled={busy}
          disabled={book.quantity === 0 && !busy}
        >
          {buttonText(book, copies, busy)}
        </button>
      </form>
      <div ref={result} class="result-place" role="status" aria-live="polite">
        {state && <PurchaseResult state={state} book={book} askAgain={() => void desk.askAgain(book.id)} />}
      </div>
    </>
  );
}

function buttonText(book: Book, copies: number, busy: boolean): string {
  if (busy) return 'Buying…';
  if (book.quantity === 0) return 'Sold out';
  return copies === 1 ? 'Buy this book' : `Buy ${copies} for ${formatPrice(copies * book.price)}`;
}

interface CopiesProps {
  readonly copies: number;
  readonly most: number;
  readonly disabled: boolean;
  readonly change: (copies: number) => void;
}

function Copies({ copies, most, disabled, change }: CopiesProps) {
  return (
    <div class="copies" role="group" aria-label="How many copies">
      <button
        type="button"
        aria-label="One copy less"
        disabled={disabled || copies <= 1}
        onClick={() => change(copies - 1)}
      >
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        aria-label="Copies"
        min={1}
        max={Math.max(1, most)}
        step={1}
        value={copies}
        disabled={disabled}
        onChange={(event) => change(Math.trunc(event.currentTarget.valueAsNumber) || 1)}
      />
      <button
        type="button"
        aria-label="One copy more"
        disabled={disabled || copies >= most}
        onClick={() => change(copies + 1)}
      >
        +
      </button>
    </div>
  );
}
