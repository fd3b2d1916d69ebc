import { useRef, useState } from 'preact/hooks';
import { type ImportPreview, type ImportReport } from '../api/types.js';
import { Icon } from '../ui/icons.js';
import { type Administration, type ImportWishes } from './api.js';
import { ImportPreviewed } from './import-preview.js';
import { Report } from './import-report.js';

type ImportState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'previewed'; readonly preview: ImportPreview }
  /** Nothing can be seen before its encoding, or something else, is said. */
  | { readonly kind: 'doubtful'; readonly message: string }
  | { readonly kind: 'sending'; readonly part: number }
  | { readonly kind: 'done'; readonly report: ImportReport }
  | { readonly kind: 'failed'; readonly message: string };

const NO_WISHES: ImportWishes = { map: {}, set: {}, separator: '', encoding: '', update: false };

interface Props {
  readonly administration: Administration;
  readonly close: () => void;
}

/** A file on its way: chosen, looked at as often as something is said about it, sent. */
function useImport({ administration, close }: Props) {
  const [state, setState] = useState<ImportState>({ kind: 'idle' });
  const [file, setFile] = useState<File | null>(null);
  const [wishes, setWishes] = useState<ImportWishes>(NO_WISHES);
  const asked = useRef(0);

  const preview = async (chosen: File, wanted: ImportWishes): Promise<void> => {
    asked.current += 1;
    const mine = asked.current;
    setFile(chosen);
    setWishes(wanted);
    setState((now) => (now.kind === 'previewed' ? now : { kind: 'reading' }));
    const result = await administration.previewImport(chosen, wanted);
    // Another wish, or another file, came meanwhile.
    if (mine !== asked.current) return;
    if (result.kind === 'not allowed' || result.kind === 'off') return close();
    if (result.kind === 'done') setState({ kind: 'previewed', preview: result.value });
    else setState({ kind: result.kind === 'refused' ? 'doubtful' : 'failed', message: result.message });
  };
  const choose = (chosen: File | undefined): void => {
    if (chosen && state.kind !== 'sending') void preview(chosen, NO_WISHES);
  };
  const forget = (): void => {
    asked.current += 1;
    setFile(null);
    setState({ kind: 'idle' });
  };
  const send = async (update: boolean): Promise<void> => {
    if (file === null || state.kind === 'sending') return;
    setState({ kind: 'sending', part: 0 });
    const wanted = { ...wishes, update };
    const result = await administration.import(file, wanted, (part) => setState({ kind: 'sending', part }));
    if (result.kind === 'not allowed' || result.kind === 'off') return close();
    setState(
      result.kind === 'done'
        ? { kind: 'done', report: result.value }
        : { kind: 'failed', message: result.message },
    );
  };

  return { state, file, wishes, preview, choose, forget, send };
}

/** A file is shown as it was understood before anything of it is written. */
export function ImportBooks(props: Props) {
  const { state, file, wishes, preview, choose, forget, send } = useImport(props);
  const looked = state.kind === 'previewed' || state.kind === 'doubtful';
  return (
    <>
      {!looked && state.kind !== 'sending' && <DropPlace choose={choose} />}
      {file !== null && looked && (
        <ImportPreviewed
          file={file.name}
          preview={state.kind === 'previewed' ? state.preview : null}
          problem={state.kind === 'doubtful' ? state.message : null}
          wishes={wishes}
          change={(wanted) => void preview(file, wanted)}
          send={() => void send(false)}
          forget={forget}
        />
      )}
      <div role="status">
        {state.kind === 'reading' && <p class="lead">Looking at the file…</p>}
        {state.kind === 'sending' && <Sending file={file?.name ?? ''} part={state.part} />}
        {state.kind === 'failed' && <p class="result result-bad">{state.message}</p>}
        {state.kind === 'done' && <Report report={state.report} update={() => void send(true)} />}
      </div>
    </>
  );
}

function Sending({ file, part }: { file: string; part: number }) {
  return (
    <div class="import-progress">
      <label for="import-part">{part < 1 ? `Sending ${file}` : `Adding the books of ${file}`}</label>
      <progress id="import-part" {...(part < 1 && { value: part })} />
    </div>
  );
}

function DropPlace({ choose }: { choose: (file: File | undefined) => void }) {
  const [over, setOver] = useState(false);
  return (
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
        choose(event.dataTransfer?.files[0]);
      }}
    >
      <Icon name="upload" />
      <b>Drop a file here, or choose one</b>
      <span>
        A list of books or an export of another shop: CSV whose first line names the columns, or one JSON
        object a line. You will see how it is understood before anything is added.
      </span>
      <input
        type="file"
        accept=".csv,.tsv,.txt,.jsonl,.ndjson,text/csv"
        onChange={(event) => {
          choose(event.currentTarget.files?.[0]);
          // The same file may be chosen again.
          event.currentTarget.value = '';
        }}
      />
    </label>
  );
}
