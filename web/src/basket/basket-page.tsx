import { useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { counted, formatPrice, totalOf } from '../books/money.js';
import { checkout, useCheckout } from '../checkout/checkout-in-browser.js';
import '../styles/basket.css';
import { Page } from '../ui/page.js';
import { Notice } from '../ui/states.js';
import { useBasket } from './basket-in-browser.js';
import { BasketRow } from './basket-row.js';
import { judgeLine } from './judge-line.js';
import { useStock } from './use-stock.js';

export default function BasketPage() {
  const lines = useBasket().lines();
  return (
    <Page title="Basket" class="basket-page">
      <h1>Basket</h1>
      <UnderWay />
      {lines.length === 0 ? (
        <Notice title="Your basket is empty">
          What you add is kept in this browser. <a href="/">Look around</a>
        </Notice>
      ) : (
        <FilledBasket />
      )}
    </Page>
  );
}

/** A checkout that has begun leads back to itself. */
function UnderWay() {
  const { state } = useCheckout();
  if (state.kind !== 'held' && state.kind !== 'asking' && state.kind !== 'stalled') return null;
  return (
    <p class="result result-wait under-way">
      <span>
        {state.kind === 'held'
          ? `${counted(copiesOf(state.hold.items), 'copy is', 'copies are')} held for you.`
          : 'A checkout is under way.'}
      </span>
      <a class="button" href="/checkout">
        Go on to pay
      </a>
    </p>
  );
}

function FilledBasket() {
  const basket = useBasket();
  const { state } = useCheckout();
  const { route } = useLocation();
  const lines = basket.lines();
  const stock = useStock(lines.map(({ bookId }) => bookId));
  const held = state.kind === 'held' ? state.hold.items : [];
  const judged = lines.map((line) =>
    judgeLine(line, stock.of(line.bookId), held.find(({ bookId }) => bookId === line.bookId)?.quantity ?? 0),
  );
  const total = totalOf(
    judged.map(({ line, price, most }) => ({ quantity: most === 0 ? 0 : line.quantity, price })),
  );
  const ready = judged.every(({ problem }) => problem === null);
  const underWay = state.kind === 'held' || state.kind === 'asking' || state.kind === 'stalled';

  // A result of the last checkout has been read by whoever is back here.
  useEffect(() => checkout.dismiss(), []);

  const checkOut = (): void => {
    if (!ready || underWay) return;
    // To go on is to agree with the prices that are shown.
    for (const { line, price } of judged) basket.change(line.bookId, { price });
    void checkout.hold(
      judged.map(({ line: { bookId, title, quantity }, price }) => ({ bookId, title, quantity, price })),
    );
    route('/checkout');
  };
  return (
    <>
      <ul class="basket" aria-label="Books in your basket">
        {judged.map((each) => (
          <BasketRow key={each.line.bookId} judged={each} basket={basket} />
        ))}
      </ul>
      <div class="basket-foot">
        <p class="basket-total">
          <span>
            {counted(lines.length, 'book')}, {counted(copiesOf(lines), 'copy', 'copies')}
          </span>{' '}
          <b>{formatPrice(total)}</b>
        </p>
        {!underWay && (
          <button
            type="button"
            class="button button-main"
            aria-disabled={!ready}
            aria-describedby="basket-word"
            onClick={checkOut}
          >
            Check out
          </button>
        )}
        <p id="basket-word" class="basket-note" role="status">
          {!stock.live
            ? 'The shop does not answer; prices and copies are as last seen. Trying again…'
            : ready
              ? 'All of it is held for ten minutes while you pay: all or nothing.'
              : 'Settle what is said beside the books first.'}
        </p>
      </div>
    </>
  );
}

function copiesOf(items: readonly { readonly quantity: number }[]): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
