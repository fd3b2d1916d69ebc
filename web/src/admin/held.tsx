import { useEffect, useState } from 'preact/hooks';
import { type Hold } from '../api/types.js';
import { formatPrice } from '../books/money.js';
import { clockOf } from '../checkout/countdown.js';
import { formatTime } from '../shop/order-page.js';
import { Notice, Spinner } from '../ui/states.js';
import { type Administration, listAddress } from './api.js';
import { filterOf, FindForm, type Sought } from './find-form.js';
import { Refusal } from './refusal.js';
import { useChange } from './use-change.js';
import { usePages } from './use-pages.js';

interface Props {
  readonly administration: Administration;
  readonly close: () => void;
  readonly sought: Sought | null;
}

/** What is kept back for buyers now, and until when. */
export function Held({ administration, close, sought }: Props) {
  const { pages, reload, more, replace } = usePages<Hold>(
    (next) => administration.holds(next ?? listAddress('holds', filterOf(sought))),
    close,
  );
  return (
    <>
      <div class="held-head">
        <FindForm path="/admin/held" by={['reference', 'book']} sought={sought} />
        <button type="button" class="button" onClick={reload}>
          Look again
        </button>
      </div>
      {pages.failure !== null && (
        <Notice title="That did not work" tone="error" retry={reload} children={pages.failure} />
      )}
      {pages.failure === null && pages.next === undefined && <Spinner label="Fetching what is held" />}
      {pages.next !== undefined && pages.rows.length === 0 && (
        <Notice title="Nothing is held">
          Copies are held while buyers pay, and while integrations say so.
        </Notice>
      )}
      <ul class="admin-list" aria-label="Holds">
        {pages.rows.map((hold) => (
          <HoldRow
            key={hold.holdId}
            hold={hold}
            administration={administration}
            notAllowed={close}
            saw={(now) => replace(({ holdId }) => holdId === now.holdId, now)}
          />
        ))}
      </ul>
      {pages.next != null && (
        <button type="button" class="button more" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}

interface HoldRowProps {
  readonly hold: Hold;
  readonly administration: Administration;
  readonly notAllowed: () => void;
  readonly saw: (hold: Hold) => void;
}

function HoldRow({ hold, administration, notAllowed, saw }: HoldRowProps) {
  const { items, until, total, reference, state } = hold;
  return (
    <li class="admin-row">
      <div>
        <ul class="admin-items">
          {items.map(({ bookId, title, quantity }) => (
            <li key={bookId}>
              {quantity} × <a href={`/admin/edit?book=${bookId}`}>{title}</a>
            </li>
          ))}
        </ul>
        <p class="admin-row-foot">
          until <time dateTime={until}>{formatTime(until)}</time>
          {reference !== undefined && <span> · {reference}</span>}
        </p>
      </div>
      <b>{formatPrice(total)}</b>
      {state === 'held' ? <Left until={until} /> : <span class="admin-left">{ENDS[state]}</span>}
      {state === 'held' && <Release {...{ hold, administration, notAllowed, saw }} />}
    </li>
  );
}

const ENDS: Readonly<Record<Exclude<Hold['state'], 'held'>, string>> = {
  confirmed: 'Sold meanwhile',
  released: 'Released',
  expired: 'Ran out',
};

/** Asks first, for a buyer may be about to pay. */
function Release({ hold, administration, notAllowed, saw }: HoldRowProps) {
  const [asking, setAsking] = useState(false);
  const { state, send } = useChange<Hold>(notAllowed);
  const release = (): void =>
    void send(async () => {
      const result = await administration.release(hold.holdId);
      if (result.kind === 'done') saw(result.value);
      return result;
    });
  const what = hold.items.map(({ title }) => title).join(', ');
  return (
    <div class="release">
      {asking ? (
        <>
          <span>Its buyer cannot pay any more.</span>
          <button
            type="button"
            class="button button-main"
            disabled={state.kind === 'sending'}
            onClick={release}
          >
            Release the copies
          </button>
          <button type="button" class="button" onClick={() => setAsking(false)}>
            Keep them
          </button>
        </>
      ) : (
        <button type="button" class="button" onClick={() => setAsking(true)}>
          Release…<span class="visually-hidden"> what is held of {what}</span>
        </button>
      )}
      <Refusal state={state} />
    </div>
  );
}

/** By this browser's clock; the shop's decides. */
function Left({ until }: { until: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const leftMs = Date.parse(until) - now;
  return <span class="admin-left">{leftMs > 0 ? `${clockOf(leftMs)} left` : 'over'}</span>;
}
