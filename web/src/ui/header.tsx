import { useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useDesk } from '../purchase/desk-in-browser.js';
import { Icon, Logo } from './icons.js';
import { applyTheme, storedTheme, THEMES, type Theme } from './theme.js';

const TYPING_PAUSE_MS = 180;

export function Header() {
  const desk = useDesk();
  const open = desk.open().length;
  return (
    <header class="header">
      <a class="skip" href="#main" onClick={skip}>
        Skip to the books
      </a>
      <div class="awning" aria-hidden="true" />
      <div class="header-row">
        <a class="brand" href="/" aria-label="Bazar, to the shop's front">
          <Logo />
          <span>Bazar</span>
        </a>
        <SearchBox />
        <nav class="header-links" aria-label="Shop">
          <a class="button button-quiet" href="/my-orders">
            <Icon name="bag" />
            <span class="wide-only">My orders</span>
            <span class="narrow-only visually-hidden">My orders</span>
            {open > 0 && <span class="badge">{open}</span>}
            {open > 0 && <span class="visually-hidden"> under way</span>}
          </a>
          <ThemeButton />
        </nav>
      </div>
    </header>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** What is typed becomes the address after a short pause, so every search can be bookmarked. */
function SearchBox() {
  const { query, path, route } = useLocation();
  const shown = path === '/' ? (query['q'] ?? '') : '';
  const [text, setText] = useState(shown);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typed = useRef(shown);

  useEffect(() => {
    // Going back or choosing a topic changes the address from outside.
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
    const address = typed.current === '' ? '/' : `/?q=${encodeURIComponent(typed.current)}`;
    if (typed.current !== shown || path !== '/') route(address, path === '/' && shown !== '');
  };
  const onInput = (value: string): void => {
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(value), TYPING_PAUSE_MS);
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
        aria-label="Search books by topic"
        placeholder="Search by topic"
        autocomplete="off"
        maxLength={200}
        value={text}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </form>
  );
}

const THEME_ICONS = { system: 'half', light: 'sun', dark: 'moon' } as const;

function ThemeButton() {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  return (
    <button
      type="button"
      class="button button-quiet"
      aria-label={`Colours: ${theme}. Change to ${next}`}
      title={`Colours: ${theme}`}
      onClick={() => {
        applyTheme(next);
        setTheme(next);
      }}
    >
      <Icon name={THEME_ICONS[theme]} />
    </button>
  );
}
