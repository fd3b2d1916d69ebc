import { useEffect, useState } from 'preact/hooks';
import { type Hold } from '../api/types.js';
import { Cover } from '../books/cover.js';
import { counted, formatPrice } from '../books/money.js';
import { Icon } from '../ui/icons.js';
import { checkout } from './checkout-in-browser.js';
import { clockOf, wordsOf } from './countdown.js';
import { HOLD_SECONDS } from './checkout.js';

/** What is kept back for this buyer, and how long. */
export function HeldBasket({ hold, aheadMs }: { hold: Hold; aheadMs: number }) {
  const leftMs = useLeft(hold.until, aheadMs);
  useEffect(() => {
    if (leftMs <= 0) void checkout.timeIsUp();
  }, [leftMs <= 0]);
  return (
    <>
      <Countdown leftMs={leftMs} />
      <ul class="held" aria-label="Held for you">
        {hold.items.map(({ bookId, title, quantity, price, total }) => (
          <li key={bookId} class="held-row">
            <Cover title={title} />
            <div>
              <a href={`/book/${bookId}`}>{title}</a>
              <p>
                {counted(quantity, 'copy', 'copies')}, {formatPrice(price)} each
              </p>
            </div>
            <b>{formatPrice(total)}</b>
          </li>
        ))}
      </ul>
      <p class="basket-total">
        <span>To pay</span> <b>{formatPrice(hold.total)}</b>
      </p>
      <div class="checkout-buttons">
        <button
          type="button"
          class="button button-main"
          aria-describedby="pay-note"
          onClick={() => void checkout.pay()}
        >
          Pay {formatPrice(hold.total)}
        </button>
        <button type="button" class="button" onClick={() => void checkout.leave()}>
          Leave without buying
        </button>
      </div>
      <p id="pay-note" class="basket-note">
        A stand-in for a payment: no money moves in this shop. What a real one would call is in the{' '}
        <a href="/api">API</a>.
      </p>
    </>
  );
}

function Countdown({ leftMs }: { leftMs: number }) {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  const hurry = seconds <= 60;
  return (
    <div class={`countdown ${hurry ? 'countdown-hurry' : ''}`}>
      <Icon name="clock" />
      <p>
        Held for you for <b class="countdown-clock">{clockOf(leftMs)}</b>
      </p>
      <progress aria-hidden="true" max={HOLD_SECONDS} value={Math.min(seconds, HOLD_SECONDS)} />
      <p class="visually-hidden" role="status">
        {wordsOf(leftMs)}
      </p>
    </div>
  );
}

/** Milliseconds, each second anew, by the shop's clock. */
function useLeft(until: string, aheadMs: number): number {
  const left = (): number => Date.parse(until) - (Date.now() + aheadMs);
  const [leftMs, setLeftMs] = useState(left);
  useEffect(() => {
    const tick = (): void => setLeftMs(left());
    tick();
    const timer = setInterval(tick, 1_000);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [until, aheadMs]);
  return leftMs;
}
