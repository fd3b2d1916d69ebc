import { useEffect, useRef, useState } from 'preact/hooks';
import { type Book } from '../api/types.js';
import { addToBasket } from '../basket/add-to-basket.js';
import { formatCount, formatPrice, totalOf } from '../books/money.js';
import { isOpen } from '../purchase/desk.js';
import { useDesk } from '../purchase/desk-in-browser.js';
import { Icon } from '../ui/icons.js';
import { Copies } from './copies.js';
import { PurchaseResult } from './purchase-result.js';

interface BuyFormProps {
  readonly book: Book;
  readonly refresh: () => void;
  readonly saw: (book: Book) => void;
}

export function BuyForm({ book, refresh, saw }: BuyFormProps) {
  const desk = useDesk();
  const state = desk.state(book.id);
  const [copies, setCopies] = useState(1);
  const left = book.quantity;
  const soldOut = left === 0;
  const tooMany = copies > left && !soldOut;
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
    if (tooMany) return;
    desk.dismiss(book.id);
    void desk.buy(book, copies);
    result.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <form class="buy" noValidate onSubmit={submit}>
        <Copies
          copies={soldOut ? 1 : copies}
          most={left}
          disabled={busy || soldOut}
          describedBy="too-many"
          change={setCopies}
        />
        <button
          type="submit"
          class="button button-main"
          aria-disabled={busy || tooMany}
          disabled={soldOut && !busy}
        >
          {buttonText(book, copies, busy)}
        </button>
        {!soldOut && (
          <button
            type="button"
            class="button buy-add"
            aria-disabled={tooMany}
            onClick={() => {
              if (!tooMany) addToBasket(book, copies);
            }}
          >
            <Icon name="basket" /> Add to basket
          </button>
        )}
      </form>
      <TooMany wanted={copies} left={left} take={setCopies} />
      <div ref={result} class="result-place" role="status" aria-live="polite">
        {state && <PurchaseResult state={state} book={book} askAgain={() => void desk.askAgain(book.id)} />}
      </div>
    </>
  );
}

interface TooManyProps {
  readonly wanted: number;
  readonly left: number;
  readonly take: (copies: number) => void;
}

/** Says so when more is wanted than is left, and offers what is. */
function TooMany({ wanted, left, take }: TooManyProps) {
  const note = useRef<HTMLParagraphElement>(null);
  const isShown = wanted > left && left > 0;
  useEffect(() => {
    if (isShown) note.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);
  return (
    <p ref={note} id="too-many" class="too-many" role="status">
      {isShown && (
        <>
          <span>
            You want {formatCount(wanted)}, and {left === 1 ? 'one is' : `${formatCount(left)} are`} left.
          </span>{' '}
          <button type="button" class="button" onClick={() => take(left)}>
            Take {formatCount(left)}
          </button>
        </>
      )}
    </p>
  );
}

function buttonText(book: Book, copies: number, busy: boolean): string {
  if (busy) return 'Buying…';
  if (book.quantity === 0) return 'Sold out';
  return copies === 1
    ? 'Buy this book'
    : `Buy ${formatCount(copies)} for ${formatPrice(totalOf([{ price: book.price, quantity: copies }]))}`;
}
