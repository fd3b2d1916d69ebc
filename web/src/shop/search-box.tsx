import { useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../ui/icons.js';
import { addressOf, searchIn } from './book-search.js';
import { focusFirstCard } from './move-among-cards.js';

const TYPING_PAUSE_MS = 180;
/** As many as the API takes. */
const LONGEST_TEXT = 200;

/** What is typed becomes the address after a short pause, so every search can be kept. The topic and the order that are chosen stay. */
export function SearchBox() {
  const { query, path, route } = useLocation();
  const search = searchIn(path === '/' ? query : {});
  const shown = search.text;
  const [text, setText] = useState(shown);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typed = useRef(shown);

  useEffect(() => {
    // Going back or a link changes the address from outside.
    if (shown !== typed.current) {
      clearTimeout(timer.current);
      typed.current = shown;
      setText(shown);
    }
  }, [shown]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const go = (value: string): void => {
    clearTimeout(timer.current);
    typed.current = value.trim();
    if (typed.current === shown && path === '/') return;
    // One step of the browser's history for all that is typed in a row.
    route(addressOf({ ...search, text: typed.current }), path === '/' && shown !== '');
  };
  const latest = useRef(go);
  latest.current = go;
  const type = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => latest.current(value), TYPING_PAUSE_MS);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      focusFirstCard();
    } else if (event.key === 'Escape' && text !== '') {
      event.preventDefault();
      setText('');
      go('');
    }
  };
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        go(text);
      }}
    >
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search books by title, author, ISBN or topic"
        placeholder="Title, author, ISBN or topic"
        autocomplete="off"
        enterkeyhint="search"
        maxLength={LONGEST_TEXT}
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={press}
      />
    </form>
  );
}
