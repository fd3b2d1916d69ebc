import { useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/http.js';
import { catalogName, replicaName, shortId } from './names.js';
import { type BookOnCatalogs, type ClusterSnapshot, type RecordStatus } from './types.js';

const POLL_MS = 1_000;

/** One book on all replicas, each second. */
export function BookView({ token, snapshot, id }: { token: string; snapshot: ClusterSnapshot; id: string }) {
  const { route } = useLocation();
  const [wanted, setWanted] = useState(id);
  const seen = useBookOnCatalogs(token, id);
  return (
    <section class="ops-book">
      <h2>One book on every catalog</h2>
      <form
        class="find-book"
        onSubmit={(event) => {
          event.preventDefault();
          route(`/ops/book/${encodeURIComponent(wanted.trim())}`);
        }}
      >
        <label class="field">
          <span>Book number</span>
          <input
            inputMode="numeric"
            pattern="[0-9]+"
            required
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="button">
          Watch
        </button>
      </form>
      {seen && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`Book ${seen.bookId} on every catalog`}>
          <table class="stock-table">
            <thead>
              <tr>
                {['Catalog', 'Sequence number', 'Promised ballot', 'Pending', 'Marked', 'Coordinator'].map(
                  (name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ),
                )}
              </tr>
            </thead>
            <tbody>
              {seen.catalogs.map(({ address, record }, index) => (
                <tr key={address}>
                  <th scope="row">{catalogName(index)}</th>
                  {record ? <Cells record={record} snapshot={snapshot} /> : <td colSpan={5}>no answer</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Cells({ record, snapshot }: { record: RecordStatus; snapshot: ClusterSnapshot }) {
  const { promised } = record;
  return (
    <>
      <td>{record.committed < 0 ? 'not known' : record.committed}</td>
      <td>
        {promised ? `${promised.round} · ${shortId(promised.replicaId)} · ${promised.startNumber}` : 'none'}
      </td>
      <td>{record.pendingNumber ?? 'none'}</td>
      <td>
        {record.marked ? (
          <span class="state state-good">marked</span>
        ) : (
          <span class="state state-warn">not marked</span>
        )}
      </td>
      <td>{record.coordinator === null ? 'none' : replicaName(snapshot, record.coordinator)}</td>
    </>
  );
}

function useBookOnCatalogs(token: string, id: string): BookOnCatalogs | null {
  const [seen, setSeen] = useState<BookOnCatalogs | null>(null);
  useEffect(() => {
    setSeen(null);
    if (!/^\d+$/.test(id)) return undefined;
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const poll = async (): Promise<void> => {
      const answer = await ask(`/ops/books/${id}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: leaving.signal,
      });
      if (leaving.signal.aborted) return;
      if (answer.kind === 'answered' && answer.status === 200) setSeen(answer.body as BookOnCatalogs);
      timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      leaving.abort();
      clearTimeout(timer);
    };
  }, [id, token]);
  return seen;
}
