import { useRef, useState } from 'preact/hooks';
import { type ImportReport } from '../api/types.js';
import { counted } from '../books/money.js';
import { Icon } from '../ui/icons.js';
import { type Administration } from './api.js';

type ImportState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly file: string; readonly part: number }
  | { readonly kind: 'done'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly message: string };

export function ImportBooks({
  administration,
  close,
}: {
  administration: Administration;
  close: () => void;
}) {
  const [state, setState] = useState<ImportState>({ kind: 'idle' });
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const send = async (file: File | undefined): Promise<void> => {
    if (!file || state.kind === 'sending') return;
    setState({ kind: 'sending', file: file.name, part: 0 });
    const result = await administration.import(file, (part) =>
      setState({ kind: 'sending', file: file.name, part }),
    );
    if (input.current) input.current.value = '';
    if (result.kind === 'not allowed' || result.kind === 'off') return close();
    setState(
      result.kind === 'done'
        ? { kind: 'done', report: result.value }
        : { kind: 'failed', message: result.message },
    );
  };
  return (
    <>
      <label
        class={`drop ${over ? 'drop-over' : ''}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void send(event.dataTransfer?.files[0]);
        }}
      >
        <Icon name="upload" />
        <b>Drop a file here, or choose one</b>
        <span>
          CSV with a first line that names the columns title, topic, price, quantity and, if you like, isbn
          and author; or one JSON object a line. The same file again changes nothing.
        </span>
        <input
          ref={input}
          type="file"
          accept=".csv,.jsonl,.ndjson,text/csv"
          disabled={state.kind === 'sending'}
          onChange={(event) => void send(event.currentTarget.files?.[0])}
        />
      </label>
      <div role="status">
        {state.kind === 'sending' && (
          <div class="import-progress">
            <label for="import-part">
              {state.part < 1 ? `Sending ${state.file}` : `Adding the books of ${state.file}`}
            </label>
            <progress id="import-part" {...(state.part < 1 && { value: state.part })} />
          </div>
        )}
        {state.kind === 'failed' && <p class="result result-bad">{state.message}</p>}
        {state.kind === 'done' && <Report report={state.report} />}
      </div>
    </>
  );
}

function Report({ report }: { report: ImportReport }) {
  const { created, unchanged, rejected, rejectedCount } = report;
  return (
    <>
      <p class="result result-good">
        <span>
          <b>{counted(created, 'book')} added</b>, {unchanged} were there already.
        </span>
      </p>
      {rejectedCount > 0 && (
        <section class="rejected">
          <h2>{counted(rejectedCount, 'row')} not taken</h2>
          {rejected.length < rejectedCount && <p class="lead">The first {rejected.length} of them.</p>}
          <table class="stock-table">
            <thead>
              <tr>
                <th scope="col">Line</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {rejected.map(({ line, reason }) => (
                <tr key={line}>
                  <td>{line}</td>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
