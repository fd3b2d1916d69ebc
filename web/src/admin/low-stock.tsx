import { useState } from 'preact/hooks';
import { type Book, type StockedBook } from '../api/types.js';
import { formatCount, formatPrice } from '../books/money.js';
import { Stock } from '../books/stock.js';
import { Notice, Spinner } from '../ui/states.js';
import { type Administration } from './api.js';
import { useChange } from './use-change.js';
import { usePages } from './use-pages.js';

/** Where stock runs out, the fewest copies first. */
export function LowStock({ administration, close }: { administration: Administration; close: () => void }) {
  const { pages, reload, more } = usePages<StockedBook>((next) => administration.lowStock(next), close);
  if (pages.failure !== null) {
    return (
      <Notice title="The stock could not be fetched" tone="error" retry={reload} children={pages.failure} />
    );
  }
  if (pages.next === undefined) return <Spinner label="Fetching the stock" />;
  if (pages.rows.length === 0) return <Notice title="No books yet">Add one, or import a file.</Notice>;
  return (
    <>
      <table class="stock-table">
        <caption class="visually-hidden">Books, the fewest copies first</caption>
        <thead>
          <tr>
            <th scope="col">Book</th>
            <th scope="col">Copies</th>
            <th scope="col">Price</th>
            <th scope="col">Restock</th>
          </tr>
        </thead>
        <tbody>
          {pages.rows.map((book) => (
            <StockRow key={book.id} listed={book} administration={administration} close={close} />
          ))}
        </tbody>
      </table>
      {pages.next !== null && (
        <button type="button" class="button more" onClick={more}>
          Show more
        </button>
      )}
    </>
  );
}

function StockRow({
  listed,
  administration,
  close,
}: {
  listed: StockedBook;
  administration: Administration;
  close: () => void;
}) {
  const { state, send, reset } = useChange<Book>(close);
  const [copies, setCopies] = useState(10);
  const quantity = state.kind === 'done' ? state.value.quantity : listed.quantity;
  return (
    <tr>
      <th scope="row">
        <a href={`/admin/edit?book=${listed.id}`}>{listed.title}</a>
        <span class="stock-topic">{listed.topic}</span>
      </th>
      <td>{quantity > 5 ? formatCount(quantity) : <Stock quantity={quantity} />}</td>
      <td>{formatPrice(listed.price)}</td>
      <td>
        <form
          class="restock"
          onSubmit={(event) => {
            event.preventDefault();
            void send((key) => administration.restock(listed.id, copies, key));
          }}
        >
          <input
            type="number"
            required
            min={1}
            max={1_000_000_000}
            step={1}
            value={copies}
            aria-label={`Copies to add to ${listed.title}`}
            onInput={(event) => {
              reset();
              setCopies(event.currentTarget.valueAsNumber);
            }}
          />
          <button type="submit" class="button" disabled={state.kind === 'sending'}>
            Add
          </button>
          <span class="restock-word" role="status">
            {state.kind === 'done' && 'Added'}
            {(state.kind === 'refused' || state.kind === 'unknown') && state.message}
          </span>
        </form>
      </td>
    </tr>
  );
}
