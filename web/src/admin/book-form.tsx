import { type Book, type BookEdit, type NewBook } from '../api/types.js';
import { type Administered, type Administration } from './api.js';
import { type ChangeState, useChange } from './use-change.js';

interface BookFormProps {
  readonly administration: Administration;
  readonly close: () => void;
  /** Absent: a new book. */
  readonly book?: Book;
  readonly saved?: (book: Book) => void;
}

/** Adds a book, or edits the one given. */
export function BookForm({ administration, close, book, saved }: BookFormProps) {
  const { state, send, reset } = useChange<Book>(close);
  const submit = async (form: HTMLFormElement): Promise<void> => {
    const fields = fieldsOf(form);
    await send(async (key) => {
      const result: Administered<Book> = book
        ? await administration.edit(
            book.id,
            { ...changed(book, fields), sequenceNumber: book.sequenceNumber },
            key,
          )
        : await administration.create(fields, key);
      if (result.kind === 'done') {
        if (!book) form.reset();
        saved?.(result.value);
      }
      return result;
    });
  };
  return (
    <form
      class="book-form"
      onInput={reset}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <Field name="title" label="Title" value={book?.title} required maxLength={500} />
      <Field name="author" label="Author" hint="may be left out" value={book?.author} maxLength={500} />
      <Field name="topic" label="Topic" value={book?.topic} required maxLength={500} />
      <div class="field-row">
        <Field
          name="price"
          label="Price"
          value={book?.price.toFixed(2)}
          type="number"
          required
          min={0}
          max={1_000_000}
          step={0.01}
        />
        <Field
          name="quantity"
          label="Copies"
          value={book?.quantity}
          type="number"
          required
          min={0}
          max={1_000_000_000}
          step={1}
        />
        <Field name="isbn" label="ISBN" hint="may be left out" value={book?.isbn} maxLength={32} />
      </div>
      <button type="submit" class="button button-main" disabled={state.kind === 'sending'}>
        {book ? 'Save' : 'Add the book'}
      </button>
      <ChangeResult state={state} done={book ? 'Saved' : 'Added'} />
    </form>
  );
}

function ChangeResult({ state, done }: { state: ChangeState<Book>; done: string }) {
  return (
    <div role="status">
      {state.kind === 'done' && (
        <p class="result result-good">
          <span>
            {done}: <a href={addressOf(state.value)}>{state.value.title}</a>
          </span>
        </p>
      )}
      {(state.kind === 'refused' || state.kind === 'unknown') && (
        <p class="result result-bad">{state.message}</p>
      )}
    </div>
  );
}

/** A hidden book has no page in the shop. */
function addressOf({ id, hidden }: Book): string {
  return hidden === true ? `/admin/edit?book=${id}` : `/book/${id}`;
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value?: string | number | undefined;
  readonly type?: 'text' | 'number';
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
}

function Field({ label, hint, value, type = 'text', ...input }: FieldProps) {
  return (
    <label class="field">
      <span>
        {label} {hint !== undefined && <small>{hint}</small>}
      </span>
      {type === 'number' ? (
        <input type="number" defaultValue={String(value ?? '')} {...input} />
      ) : (
        <input type="text" autocomplete="off" defaultValue={String(value ?? '')} {...input} />
      )}
    </label>
  );
}

function fieldsOf(form: HTMLFormElement): NewBook {
  const given = new FormData(form);
  const text = (name: string): string => {
    const value = given.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    title: text('title'),
    topic: text('topic'),
    price: Number(text('price')),
    quantity: Number(text('quantity')),
    ...(text('isbn') !== '' && { isbn: text('isbn') }),
    ...(text('author') !== '' && { author: text('author') }),
  };
}

/** Only what differs: what somebody else changes meanwhile in other fields is not undone. */
function changed(book: Book, { title, topic, price, quantity, author, isbn }: NewBook): BookEdit {
  return {
    ...(author !== book.author && { author: author ?? null }),
    ...(isbn !== book.isbn && { isbn: isbn ?? null }),
    ...(title !== book.title && { title }),
    ...(topic !== book.topic && { topic }),
    ...(price !== book.price && { price }),
    ...(quantity !== book.quantity && { quantity }),
  };
}
