import { useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { type Book } from '../api/types.js';
import { BookNumber } from '../ui/book-number.js';
import { Notice, Spinner } from '../ui/states.js';
import { type Administered, type Administration } from './api.js';
import { BookForm } from './book-form.js';
import { History } from './history.js';
import { Visibility } from './visibility.js';

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
  const [asked, setAsked] = useState<Administered<Book> | null>(null);
  const [wanted, setWanted] = useState(id);
  const fetch = async (): Promise<void> => {
    setAsked(null);
    const answer = await administration.book(Number(id));
    if (answer.kind === 'not allowed' || answer.kind === 'off') close();
    else setAsked(answer);
  };
  const saw = (value: Book): void => setAsked({ kind: 'done', value });
  useEffect(() => {
    if (isNumber(id)) void fetch();
  }, [id]);
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
      {isNumber(id) && asked === null && <Spinner label="Fetching the book" />}
      {((id !== '' && !isNumber(id)) || asked?.kind === 'refused') && (
        <Notice title="There is no such book" />
      )}
      {asked?.kind === 'unknown' && (
        <Notice
          title="The book could not be fetched"
          tone="error"
          retry={() => void fetch()}
          children="The shop did not answer."
        />
      )}
      {asked?.kind === 'done' && <Found {...{ administration, close, saw }} book={asked.value} />}
    </>
  );
}

interface FoundProps {
  readonly administration: Administration;
  readonly close: () => void;
  readonly book: Book;
  readonly saw: (book: Book) => void;
}

function Found({ administration, close, book, saw }: FoundProps) {
  return (
    <div class="edit-book">
      <div class="edit-book-fields">
        <BookForm administration={administration} close={close} book={book} saved={saw} />
        <Visibility administration={administration} close={close} book={book} saved={saw} />
      </div>
      <History key={book.sequenceNumber} administration={administration} close={close} bookId={book.id} />
    </div>
  );
}

function isNumber(id: string): boolean {
  return /^\d{1,15}$/.test(id);
}
