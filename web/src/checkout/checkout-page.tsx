import { useEffect } from 'preact/hooks';
import { useBasket } from '../basket/basket-in-browser.js';
import { formatPrice } from '../books/money.js';
import { copiesIn } from '../shop/ordered-items.js';
import '../styles/basket.css';
import { Icon } from '../ui/icons.js';
import { Page } from '../ui/page.js';
import { Notice, Spinner } from '../ui/states.js';
import { type CheckoutState } from './checkout.js';
import { checkout, useCheckout } from './checkout-in-browser.js';
import { HeldBasket } from './held-basket.js';
import { Lacking } from './lacking.js';
import { type Doing } from './open-checkout.js';

export default function CheckoutPage() {
  const { state } = useCheckout();
  // The step that was reached begins where the keyboard and the screen reader are.
  useEffect(() => {
    if (state.kind === 'none' || state.kind === 'asking') return;
    document.getElementById('main')?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [state.kind]);
  return (
    <Page title={titleOf(state)} class="checkout-page">
      <h1>{titleOf(state)}</h1>
      <Step state={state} />
    </Page>
  );
}

function titleOf(state: CheckoutState): string {
  switch (state.kind) {
    case 'none':
    case 'asking':
    case 'stalled':
    case 'held':
    case 'failed':
      return 'Checkout';
    case 'ran out':
      return 'The time ran out';
    case 'left':
      return 'Not bought';
    case 'lacking':
      return 'Not all of it is to be had';
    case 'bought':
      return 'Thank you';
    default:
      return state satisfies never;
  }
}

function Step({ state }: { state: CheckoutState }) {
  switch (state.kind) {
    case 'none':
      return <NothingHeld />;
    case 'asking':
      return (
        <div class="checkout-wait">
          <Spinner label={ASKING[state.doing]} />
          {state.attempts > 0 && (
            <p class="result result-wait">
              <b>The shop did not answer in time.</b> {DOUBT[state.doing]} You may leave this page.
            </p>
          )}
        </div>
      );
    case 'stalled':
      return (
        <p class="result result-wait">
          <b>Still no word from the shop.</b> {DOUBT[state.doing]}{' '}
          <button type="button" class="button" onClick={() => void checkout.askAgain()}>
            Ask again
          </button>
        </p>
      );
    case 'held':
      return <HeldBasket hold={state.hold} aheadMs={state.aheadMs} />;
    case 'ran out':
      return <RanOut items={state.items} />;
    case 'left':
      return (
        <p class="lead">
          Nothing was bought, and the copies are on sale again. <a href="/basket">Your basket</a> is as it
          was.
        </p>
      );
    case 'lacking':
      return <Lacking lacking={state.lacking} items={state.items} />;
    case 'bought':
      return <Bought state={state} />;
    case 'failed':
      return (
        <>
          <p class="result result-bad" role="alert">
            {state.message}
          </p>
          <p class="checkout-buttons">
            <a class="button" href="/basket">
              Back to the basket
            </a>
          </p>
        </>
      );
    default:
      return state satisfies never;
  }
}

const ASKING: Readonly<Record<Doing, string>> = {
  holding: 'Holding your books',
  paying: 'Paying',
  leaving: 'Giving the copies back',
  'running out': 'Giving the copies back',
  nothing: 'Asking the shop',
};

const DOUBT: Readonly<Record<Doing, string>> = {
  holding: 'We keep asking under the same number, so nothing is held twice.',
  paying: 'We are checking whether your order went through; you will not be charged twice.',
  leaving: 'The copies go back on sale by themselves when the time is up.',
  'running out': 'The copies go back on sale by themselves.',
  nothing: '',
};

function NothingHeld() {
  const empty = useBasket().lines().length === 0;
  return (
    <Notice title="Nothing is held">
      {empty ? (
        <>
          Your basket is empty. <a href="/">Look around</a>
        </>
      ) : (
        <>
          Check out from <a href="/basket">your basket</a>.
        </>
      )}
    </Notice>
  );
}

function RanOut({ items }: { items: Extract<CheckoutState, { kind: 'ran out' }>['items'] }) {
  return (
    <>
      <p class="lead">
        Nothing was bought, and nothing was charged. The copies are on sale again; you may hold them once
        more, if nobody was quicker.
      </p>
      <p class="checkout-buttons">
        <button type="button" class="button button-main" onClick={() => void checkout.hold(items)}>
          Hold again
        </button>
        <a class="button" href="/basket">
          Back to the basket
        </a>
      </p>
    </>
  );
}

function Bought({ state: { order } }: { state: Extract<CheckoutState, { kind: 'bought' }> }) {
  return (
    <>
      <p class="result result-good" role="status">
        <Icon name="check" />
        <span>
          <b>{copiesIn(order) === 1 ? 'It’s yours.' : `All ${copiesIn(order)} copies are yours.`}</b> Order{' '}
          <a href={`/order/${encodeURIComponent(order.orderId)}`}>{order.orderId}</a>,{' '}
          {formatPrice(order.total)}.
        </span>
      </p>
      <p class="checkout-buttons">
        <a class="button" href={`/order/${encodeURIComponent(order.orderId)}`}>
          See the order
        </a>
        <a class="button" href="/">
          Look around
        </a>
      </p>
    </>
  );
}
