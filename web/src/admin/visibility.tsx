import { type Book } from '../api/types.js';
import { type Administration } from './api.js';
import { HiddenMark } from './hidden.js';
import { Refusal } from './refusal.js';
import { useChange } from './use-change.js';

interface Props {
  readonly administration: Administration;
  readonly close: () => void;
  readonly book: Book;
  readonly saved: (book: Book) => void;
}

/** Hides a book, or brings it back. */
export function Visibility({ administration, close, book, saved }: Props) {
  const { state, send } = useChange<Book>(close);
  const isHidden = book.hidden === true;
  const turn = (): void =>
    void send(async (key) => {
      const result = await administration.edit(book.id, { hidden: !isHidden }, key);
      if (result.kind === 'done') saved(result.value);
      return result;
    });
  return (
    <div class="visibility">
      <p>
        {isHidden ? (
          <>
            <HiddenMark /> Nobody but administrators sees this book, and nobody can buy it.
          </>
        ) : (
          'Everybody sees this book. Hidden, it keeps its orders, and what is held can still be paid.'
        )}
      </p>
      <button type="button" class="button" disabled={state.kind === 'sending'} onClick={turn}>
        {isHidden ? 'Bring it back' : 'Hide the book'}
      </button>
      <Refusal state={state} />
    </div>
  );
}
