import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { type Book } from '../api/types.js';
import { counted } from '../books/money.js';
import { Notice, Spinner } from '../ui/states.js';
import { type Administration, hiddenAddress } from './api.js';
import { usePages } from './use-pages.js';

interface Props {
  readonly administration: Administration;
  readonly close: () => void;
  readonly text: string;
}

/** Books that nobody but administrators sees. */
export function Hidden({ administration, close, text }: Props) {
  const { route } = useLocation();
  const [typed, setTyped] = useState(text);
  const { pages, reload, more } = usePages<Book>(
    (next) => administration.hidden(next ?? hiddenAddress(text)),
    close,
  );
  const find = (event: Event): void => {
    event.preventDefault();
    const words = typed.trim();
    route(words === '' ? '/admin/hidden' : `/admin/hidden?${new URLSearchParams({ q: words })}`);
  };
  return (
    <>
      <form class="find-order" role="search" aria-label="Hidden books" onSubmit={find}>
        <label class="field">
          <span>Title, author, topic or ISBN</span>
          <input
            type="text"
            autocomplete="off"
            maxLength={200}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button">
          Find
        </button>
        {text !== '' && <a href="/admin/hidden">Show all</a>}
      </form>
      {pages.failure !== null && (
        <Notice title="That did not work" tone="error" retry={reload} children={pages.failure} />
      )}
      {pages.failure === null && pages.next === undefined && <Spinner label="Fetching hidden books" />}
      {pages.next === null && pages.rows.length === 0 && (
        <Notice title={text === '' ? 'No book is hidden' : 'No such hidden book'}>
          A hidden book is on no page of the shop. Hide one where it is edited.
        </Notice>
      )}
      <ul class="admin-list" aria-label="Hidden books">
        {pages.rows.map(({ id, title, author, topic, quantity }) => (
          <li class="admin-row" key={id}>
            <div>
              <p>
                <a href={`/admin/edit?book=${id}`}>{title}</a> <HiddenMark />
              </p>
              <p class="admin-row-foot">{[author, topic].filter(Boolean).join(' · ')}</p>
            </div>
            <span class="admin-left">{counted(quantity, 'copy', 'copies')}</span>
            <a class="button" href={`/admin/edit?book=${id}`}>
              Open<span class="visually-hidden"> {title}</span>
            </a>
          </li>
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

export function HiddenMark() {
  return <span class="hidden-mark">Hidden</span>;
}
