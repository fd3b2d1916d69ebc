import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { counted, formatPrice } from '../books/money.js';
import { BookNumber } from '../ui/book-number.js';
import { Spinner } from '../ui/states.js';
import { ballotName, replicaName } from './names.js';
import { type BookOnCatalogs, type BookRecord, type ClusterSnapshot, type LedgerLine } from './types.js';

/** One book on every replica, each second, with its ledger. */
export function BookView({
  snapshot,
  id,
  book,
}: {
  snapshot: ClusterSnapshot;
  id: string;
  book: BookOnCatalogs | null;
}) {
  const shown = book !== null && String(book.bookId) === id ? book : null;
  const title = shown?.catalogs.map(({ record }) => record?.book?.title).find((found) => found !== undefined);
  return (
    <section class="ops-book">
      <ChooseBook id={id} />
      {id !== '' && shown === null && <Spinner label="Asking every catalog" />}
      {shown !== null && (
        <>
          <h2>{title ?? (id === '0' ? 'The catalogue itself' : `Book ${id}`)}</h2>
          <ul class="replicas">
            {shown.catalogs.map(({ address, record }, index) => (
              <Replica
                key={address}
                name={`Catalog ${index + 1}`}
                record={record}
                shown={shown}
                snapshot={snapshot}
              />
            ))}
          </ul>
          <h2>Ledger</h2>
          <Ledger shown={shown} snapshot={snapshot} />
        </>
      )}
    </section>
  );
}

function ChooseBook({ id }: { id: string }) {
  const { route } = useLocation();
  const [wanted, setWanted] = useState(id);
  return (
    <form
      class="ops-form"
      onSubmit={(event) => {
        event.preventDefault();
        route(`/ops/book/${encodeURIComponent(wanted.trim())}`);
      }}
    >
      <BookNumber value={wanted} change={setWanted} />
      <button type="submit" class="button button-main">
        Watch
      </button>
    </form>
  );
}

interface ReplicaProps {
  readonly name: string;
  readonly record: BookRecord | null;
  readonly shown: BookOnCatalogs;
  readonly snapshot: ClusterSnapshot;
}

function Replica({ name, record, shown, snapshot }: ReplicaProps) {
  if (record === null) {
    return (
      <li class="replica replica-silent">
        <h3>{name}</h3>
        <p class="replica-number">–</p>
        <p class="replica-copies">no answer</p>
      </li>
    );
  }
  const { committed, promised, pendingNumber, coordinator, marked, book } = record;
  const newest = Math.max(...shown.catalogs.map((catalog) => catalog.record?.committed ?? -1));
  const rows: [string, string][] = [
    ['Promised ballot', promised === null ? 'none' : ballotName(snapshot, promised)],
    ['Pending', pendingNumber === null ? 'nothing' : `number ${pendingNumber}`],
    ['Coordinator', coordinator === null ? 'nobody' : replicaName(snapshot, coordinator)],
  ];
  return (
    <li class={`replica ${marked ? 'replica-marked' : ''} ${committed < newest ? 'replica-behind' : ''}`}>
      <h3>
        {name}{' '}
        <span class={`state ${marked ? 'state-good' : 'state-warn'}`}>{marked ? 'valid' : 'not marked'}</span>
      </h3>
      <p class="replica-number">
        <small>number</small> {committed < 0 ? '–' : committed}
      </p>
      <p class="replica-copies">
        {book === null
          ? 'not a book here'
          : `${counted(book.quantity, 'copy', 'copies')} at ${formatPrice(book.priceCents / 100)}`}
      </p>
      <dl class="facts">
        {rows.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

/** The newest entries; a tick for each catalog that has them. */
function Ledger({ shown, snapshot }: { shown: BookOnCatalogs; snapshot: ClusterSnapshot }) {
  const lines = new Map<number, LedgerLine>();
  for (const { record } of shown.catalogs) {
    for (const line of record?.ledger ?? []) lines.set(line.sequenceNumber, line);
  }
  const newestFirst = [...lines.values()].sort((a, b) => b.sequenceNumber - a.sequenceNumber);
  if (newestFirst.length === 0) return <p class="lead">No entries.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Ledger">
      <table class="stock-table ledger">
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">What was decided</th>
            <th scope="col">Ballot</th>
            {shown.catalogs.map(({ address }, index) => (
              <th key={address} scope="col">
                Catalog {index + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {newestFirst.map((line) => (
            <tr key={line.sequenceNumber}>
              <th scope="row">{line.sequenceNumber}</th>
              <td>{decisionsIn(line)}</td>
              <td>{ballotName(snapshot, line.origin)}</td>
              {shown.catalogs.map(({ address, record }) => (
                <td key={address}>{holds(record, line)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function holds(record: BookRecord | null, { sequenceNumber }: LedgerLine): string {
  if (record === null) return '?';
  if (record.committed >= sequenceNumber) return '✓';
  return record.pendingNumber === sequenceNumber ? 'pending' : '–';
}

function decisionsIn({ operations, operationCount }: LedgerLine): string {
  if (operationCount === 0) return 'nothing: a round that was brought to an end';
  const words = operations.map(({ kind, outcome, copies }) =>
    copies === null ? `${kind}: ${outcome}` : `${kind} of ${copies}: ${outcome}`,
  );
  const more = operationCount - operations.length;
  return `${words.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
