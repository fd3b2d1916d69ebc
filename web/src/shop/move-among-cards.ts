const SEARCH_BOX = '.search input';
const CARDS = '.results .card a';

/** Arrow down from the search box: to the first book that was found. */
export function focusFirstCard(): void {
  document.querySelector<HTMLElement>(CARDS)?.focus();
}

/** Arrows move among the books that were found; up from the first row, or Escape, leads back to the search box. */
export function moveAmongCards(event: KeyboardEvent): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const cards = [...document.querySelectorAll<HTMLElement>(CARDS)];
  const from = cards.indexOf(document.activeElement as HTMLElement);
  if (from < 0) return;
  const to = targetOf(event.key, from, cards);
  if (to === null) return;
  event.preventDefault();
  if (to < 0) document.querySelector<HTMLInputElement>(SEARCH_BOX)?.focus();
  else cards[to]?.focus();
}

/** Below 0: the search box. Null: the key means nothing here. */
function targetOf(key: string, from: number, cards: readonly HTMLElement[]): number | null {
  const last = cards.length - 1;
  const top = cards[0]?.getBoundingClientRect().top;
  const inRow = cards.filter((card) => card.getBoundingClientRect().top === top).length;
  switch (key) {
    case 'ArrowRight':
      return Math.min(from + 1, last);
    case 'ArrowLeft':
      return Math.max(from - 1, 0);
    case 'ArrowDown':
      return Math.min(from + inRow, last);
    case 'ArrowUp':
      return from - inRow;
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return -1;
    default:
      return null;
  }
}
