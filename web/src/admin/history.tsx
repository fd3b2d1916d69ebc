import { type BookChange, type FieldChange } from '../api/types.js';
import { counted, formatPrice } from '../books/money.js';
import { formatTime } from '../shop/order-page.js';
import { Notice, Spinner } from '../ui/states.js';
import { type Administration, historyAddress } from './api.js';
import { usePages } from './use-pages.js';

interface Props {
  readonly administration: Administration;
  readonly close: () => void;
  readonly bookId: number;
}

/** Who changed what of a book, the newest first. */
export function History({ administration, close, bookId }: Props) {
  const { pages, reload, more } = usePages<BookChange>(
    (next) => administration.history(next ?? historyAddress(bookId)),
    close,
  );
  return (
    <section class="history" aria-labelledby="history-title">
      <h2 id="history-title">History</h2>
      {pages.failure !== null && (
        <Notice
          title="The history could not be fetched"
          tone="error"
          retry={reload}
          children={pages.failure}
        />
      )}
      {pages.failure === null && pages.next === undefined && <Spinner label="Fetching the history" />}
      <ol class="history-list">
        {pages.rows.map((change, place) => (
          <li key={`${change.sequenceNumber}.${place}`}>
            <p class="history-head">
              <b>{change.by ?? '—'}</b>
              {change.by === null && <span class="visually-hidden">unknown</span>}{' '}
              {change.at !== null && <time dateTime={change.at}>{formatTime(change.at)}</time>}
            </p>
            <What change={change} />
          </li>
        ))}
      </ol>
      {pages.next != null && (
        <button type="button" class="button more" onClick={more}>
          Show more
        </button>
      )}
    </section>
  );
}

function What({ change: { kind, fields, copies = 0, orderId } }: { change: BookChange }) {
  switch (kind) {
    case 'created':
      return <p>Added the book</p>;
    case 'restocked':
      return <p>Added {counted(copies, 'copy', 'copies')}</p>;
    case 'cancelled':
      return (
        <p>
          Took {counted(copies, 'copy', 'copies')} back of order{' '}
          <a href={`/admin/orders?order=${encodeURIComponent(orderId ?? '')}`}>{orderId}</a>
        </p>
      );
    case 'edited':
      return fields.length === 0 ? (
        <p>Saved, with nothing changed</p>
      ) : (
        <ul>
          {fields.map((field) => (
            <li key={field.field}>
              <FieldWords change={field} />
            </li>
          ))}
        </ul>
      );
    default:
      return kind satisfies never;
  }
}

const NAMES: Readonly<Record<FieldChange['field'], string>> = {
  title: 'Title',
  author: 'Author',
  isbn: 'ISBN',
  topic: 'Topic',
  price: 'Price',
  quantity: 'Copies',
  hidden: 'Hidden',
};

function FieldWords({ change: { field, from, to } }: { change: FieldChange }) {
  if (field === 'hidden') return <>{to === true ? 'Hid the book' : 'Brought the book back'}</>;
  return (
    <>
      {NAMES[field]}
      {from !== undefined && (
        <>
          {' '}
          <del>{shown(field, from)}</del> →
        </>
      )}{' '}
      <ins>{shown(field, to)}</ins>
    </>
  );
}

function shown(field: FieldChange['field'], value: FieldChange['to']): string {
  if (value === null) return 'none';
  return field === 'price' && typeof value === 'number' ? formatPrice(value) : String(value);
}
