import { useState } from 'preact/hooks';
import { BasketLink, BasketWord } from '../basket/basket-link.js';
import { useDesk } from '../purchase/desk-in-browser.js';
import { SearchBox } from '../shop/search-box.js';
import { Icon, Logo } from './icons.js';
import { applyTheme, storedTheme, THEMES, type Theme } from './theme.js';

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
          <BasketLink />
          <ThemeButton />
        </nav>
      </div>
      <BasketWord />
    </header>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
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
