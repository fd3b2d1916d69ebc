import { type ImportPreview } from '../api/types.js';
import { formatPrice } from '../books/money.js';
import { type ImportWishes } from './api.js';
import { RejectedRows } from './import-report.js';

const FIELDS = [
  { field: 'title', label: 'Title', required: true },
  { field: 'author', label: 'Author', required: false },
  { field: 'topic', label: 'Topic', required: true },
  { field: 'isbn', label: 'ISBN', required: false },
  { field: 'price', label: 'Price', required: true },
  { field: 'quantity', label: 'Copies', required: true },
] as const;
const SEPARATORS = { ',': 'a comma', ';': 'a semicolon', '\t': 'a tab', '|': 'a bar' };
const ENCODINGS = {
  'utf-8': 'UTF-8',
  'windows-1252': 'Western European (Windows-1252, Latin-1)',
  'windows-1250': 'Central European (Windows-1250)',
  'windows-1251': 'Cyrillic (Windows-1251)',
  'windows-1253': 'Greek (Windows-1253)',
  'windows-1254': 'Turkish (Windows-1254)',
  'utf-16le': 'UTF-16 (LE)',
  'utf-16be': 'UTF-16 (BE)',
};
/** Of a choice: all rows alike, whatever the file says. */
const ALIKE = '\u0000alike';

interface Props {
  readonly file: string;
  /** Null: nothing can be seen yet. */
  readonly preview: ImportPreview | null;
  readonly problem: string | null;
  readonly wishes: ImportWishes;
  readonly change: (wishes: ImportWishes) => void;
  readonly send: () => void;
  readonly forget: () => void;
}

/** How a file is understood, what is doubtful, and its first books. */
export function ImportPreviewed({ file, preview, problem, wishes, change, send, forget }: Props) {
  const ready = preview !== null && preview.missing.length === 0 && preview.books.length > 0;
  return (
    <section class="preview">
      <h2>{file}</h2>
      <Wishes preview={preview} problem={problem} wishes={wishes} change={change} />
      {preview !== null && <Seen preview={preview} />}
      <div class="preview-buttons">
        <button type="button" class="button button-main" disabled={!ready} onClick={send}>
          Add these books
        </button>
        <button type="button" class="button" onClick={forget}>
          Another file
        </button>
      </div>
    </section>
  );
}

function Wishes({
  preview,
  problem,
  wishes,
  change,
}: Pick<Props, 'preview' | 'problem' | 'wishes' | 'change'>) {
  return (
    <>
      {problem !== null && <p class="result result-bad">{problem}</p>}
      {preview !== null && preview.missing.length > 0 && (
        <p class="result result-bad">
          No column was found for {preview.missing.map((field) => labelOf(field)).join(', ')}. Choose one, or
          say what all books have.
        </p>
      )}
      <form class="preview-wishes" onSubmit={(event) => event.preventDefault()}>
        <Choice
          label="Encoding"
          value={preview?.understood.encoding ?? wishes.encoding}
          options={ENCODINGS}
          choose={(encoding) => change({ ...wishes, encoding })}
        />
        {preview?.understood.separator !== null && (
          <Choice
            label="Columns separated by"
            value={preview?.understood.separator ?? wishes.separator}
            options={SEPARATORS}
            choose={(separator) => change({ ...wishes, separator })}
          />
        )}
        {preview !== null &&
          FIELDS.map(({ field, label, required }) => (
            <FieldChoice
              key={field}
              field={field}
              label={required ? label : `${label} (if any)`}
              preview={preview}
              wishes={wishes}
              change={change}
            />
          ))}
      </form>
    </>
  );
}

/** What would become of the file. */
function Seen({ preview }: { preview: ImportPreview }) {
  return (
    <>
      {preview.understood.leftOut.length > 0 && (
        <p class="lead">Left out: {preview.understood.leftOut.join(', ')}.</p>
      )}
      {preview.books.length > 0 && <Books books={preview.books} />}
      {preview.rejected.length > 0 && (
        <>
          <h3>Rows that would not be taken</h3>
          <RejectedRows rows={preview.rejected} />
        </>
      )}
    </>
  );
}

function without(wishes: Readonly<Record<string, string>>, field: string): Record<string, string> {
  return Object.fromEntries(Object.entries(wishes).filter(([name]) => name !== field));
}

function labelOf(field: string): string {
  return FIELDS.find((each) => each.field === field)?.label.toLowerCase() ?? field;
}

function Choice({
  label,
  value,
  options,
  choose,
}: {
  label: string;
  value: string;
  options: Readonly<Record<string, string>>;
  choose: (value: string) => void;
}) {
  const known = Object.keys(options).includes(value);
  return (
    <label class="field">
      <span>{label}</span>
      <select aria-label={label} value={value} onChange={(event) => choose(event.currentTarget.value)}>
        {!known && <option value={value}>{value === '' ? 'Choose' : value}</option>}
        {Object.entries(options).map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A column of the file, or what all books have. */
function FieldChoice({
  field,
  label,
  preview,
  wishes,
  change,
}: {
  field: string;
  label: string;
  preview: ImportPreview;
  wishes: ImportWishes;
  change: (wishes: ImportWishes) => void;
}) {
  const { columns, leftOut } = preview.understood;
  const taken = columns[field] ?? [];
  const all = [...new Set([...Object.values(columns).flat(), ...leftOut])];
  const alike = wishes.set[field];
  const choose = (chosen: string): void => {
    const map = without(wishes.map, field);
    const set = without(wishes.set, field);
    if (chosen === ALIKE) change({ ...wishes, map, set: { ...set, [field]: '' } });
    else change({ ...wishes, map: chosen === '' ? map : { ...map, [field]: chosen }, set });
  };
  return (
    <div class="preview-field">
      <label class="field">
        <span>{label}</span>
        <select
          aria-label={label}
          value={alike !== undefined ? ALIKE : (taken[0] ?? '')}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">—</option>
          {all.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value={ALIKE}>The same for all…</option>
        </select>
      </label>
      {alike !== undefined && (
        <label class="field">
          <span class="visually-hidden">{label} of all books</span>
          <input
            type="text"
            value={alike}
            placeholder="of all books"
            onChange={(event) =>
              change({ ...wishes, set: { ...wishes.set, [field]: event.currentTarget.value } })
            }
          />
        </label>
      )}
    </div>
  );
}

function Books({ books }: { books: ImportPreview['books'] }) {
  return (
    <div class="preview-books">
      <table class="stock-table">
        <caption>The first books, as they would be added</caption>
        <thead>
          <tr>
            {['Title', 'Topic', 'ISBN', 'Price', 'Copies'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {books.map(({ line, title, author, topic, isbn, price, quantity }) => (
            <tr key={line}>
              <th scope="row">
                {title}
                {author !== undefined && <span class="stock-topic">{author}</span>}
              </th>
              <td>{topic}</td>
              <td>{isbn ?? '—'}</td>
              <td>{formatPrice(price)}</td>
              <td>{quantity}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
