import { useEffect, useState } from 'preact/hooks';
import { formatShort } from '../books/money.js';
import { Icon } from '../ui/icons.js';
import { useBasket } from './basket-in-browser.js';

/** In the header: how many copies are in the basket. */
export function BasketLink() {
  const copies = useBasket()
    .lines()
    .reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <a class="button button-quiet" href="/basket">
      <Icon name="basket" />
      <span class="wide-only">Basket</span>
      <span class="narrow-only visually-hidden">Basket</span>
      {copies > 0 && <span class="badge">{formatShort(copies)}</span>}
      {copies > 0 && <span class="visually-hidden">{copies === 1 ? ' copy' : ' copies'}</span>}
    </a>
  );
}

const SHOWN_MS = 4_000;

let said = { text: '' };
const listeners = new Set<() => void>();

export function sayOfBasket(text: string): void {
  said = { text };
  for (const listener of listeners) listener();
}

/** What the last press did to the basket, for a moment; also for those who listen. */
export function BasketWord() {
  const [word, setWord] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      clearTimeout(timer);
      setWord(said.text);
      timer = setTimeout(() => setWord(''), SHOWN_MS);
    };
    listeners.add(show);
    return () => {
      clearTimeout(timer);
      listeners.delete(show);
    };
  }, []);
  return (
    <p class="basket-word" role="status">
      {word}
    </p>
  );
}
