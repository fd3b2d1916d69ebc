import { Cover } from '../books/cover.js';
import { formatPrice, totalOf } from '../books/money.js';
import { Copies } from '../shop/copies.js';
import { type Basket } from './basket.js';
import { sayOfBasket } from './basket-link.js';
import { type JudgedLine } from './judge-line.js';

export function BasketRow({ judged, basket }: { judged: JudgedLine; basket: Basket }) {
  const { line, price, most, problem } = judged;
  const { bookId, title, author, quantity } = line;
  const noteId = `basket-note-${bookId}`;
  const remove = (): void => {
    basket.change(bookId, { quantity: 0 });
    sayOfBasket(`Taken out: ${title}`);
    // What had the focus is gone.
    document.getElementById('main')?.focus({ preventScroll: true });
  };
  return (
    <li class={`basket-row ${most === 0 ? 'basket-lost' : ''}`}>
      <a class="basket-cover" href={`/book/${bookId}`} tabIndex={-1} aria-hidden="true">
        <Cover title={title} author={author} />
      </a>
      <div class="basket-text">
        <a href={`/book/${bookId}`}>{title}</a>
        {author !== undefined && <p>{author}</p>}
        <p>{formatPrice(price)} each</p>
      </div>
      <Copies
        copies={quantity}
        most={most}
        of={title}
        disabled={most === 0}
        describedBy={noteId}
        change={(copies) => basket.change(bookId, { quantity: copies })}
      />
      <b class="basket-sum">{formatPrice(totalOf([{ price, quantity }]))}</b>
      <button type="button" class="button button-quiet basket-remove" onClick={remove}>
        Remove<span class="visually-hidden"> {title}</span>
      </button>
      <div id={noteId} class="basket-notes" aria-live="polite">
        <Price judged={judged} />
        {problem !== null && (
          <p class="basket-problem">
            {wordsOf(judged)}
            {problem.kind === 'too many' && (
              <button
                type="button"
                class="button"
                onClick={() => basket.change(bookId, { quantity: problem.left })}
              >
                Take {problem.left}
              </button>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

function Price({ judged: { price, formerPrice } }: { judged: JudgedLine }) {
  if (formerPrice === null) return null;
  return (
    <p class={price > formerPrice ? 'basket-dearer' : 'basket-cheaper'}>
      {price > formerPrice ? 'Dearer' : 'Cheaper'} than when you added it: {formatPrice(price)} instead of{' '}
      {formatPrice(formerPrice)}.
    </p>
  );
}

function wordsOf({ line, problem }: JudgedLine): string {
  switch (problem?.kind) {
    case undefined:
      return '';
    case 'gone':
      return 'This book is not sold any more. Take it out to go on.';
    case 'sold out':
      return 'Sold out meanwhile. Take it out to go on.';
    case 'too many':
      return `You want ${line.quantity}, and ${problem.left === 1 ? 'one is' : `${problem.left} are`} left.`;
    default:
      return problem satisfies undefined;
  }
}
