import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { type Book } from '../api/types.js';
import { bookStore } from '../books/book-store.js';
import { useFetched } from '../shop/use-fetched.js';
import { BookNumber } from '../ui/book-number.js';
import { Notice, Spinner } from '../ui/states.js';
import { type Administration } from './api.js';
import { BookForm } from './book-form.js';

export function EditBook({
  administration,
  close,
  id,
}: {
  administration: Administration;
  close: () => void;
  id: string;
}) {
  const { route } = useLocation();
  const { state, retry } = useFetched<Book>(id === '' ? null : id, (wanted, signal) =>
    bookStore.load(wanted, signal),
  );
  const [saved, setSaved] = useState<Book | null>(null);
  const [wanted, setWanted] = useState(id);
  const found = saved ?? (state.kind === 'found' ? state.value : null);
  return (
    <>
      <form
        class="find-book"
        onSubmit={(event) => {
          event.preventDefault();
          route(`/admin/edit?book=${encodeURIComponent(wanted.trim())}`);
        }}
      >
        <BookNumber value={wanted} change={setWanted} />
        <button type="submit" class="button">
          Find
        </button>
      </form>
      {id !== '' && state.kind === 'loading' && <Spinner label="Fetching the book" />}
      {state.kind === 'missing' && <Notice title="There is no such book" />}
      {state.kind === 'failed' && (
        <Notice title="The book could not be fetched" tone="error" retry={retry} children={state.message} />
      )}
      {found && <BookForm administration={administration} close={close} book={found} saved={setSaved} />}
    </>
  );
}
