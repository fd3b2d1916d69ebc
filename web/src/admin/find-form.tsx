import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';

const BY = { reference: 'Reference', book: 'Book number', order: 'Order number' } as const;
type By = keyof typeof BY;

/** What is looked for; null: everything. It stands in the address. */
export interface Sought {
  readonly by: By;
  readonly text: string;
}

export function soughtIn(query: Readonly<Record<string, string>>): Sought | null {
  for (const by of Object.keys(BY) as By[]) {
    const text = query[by]?.trim() ?? '';
    if (text !== '') return { by, text };
  }
  return null;
}

/** `path`: of the page that shows what is found. */
export function FindForm({ path, by, sought }: { path: string; by: readonly By[]; sought: Sought | null }) {
  const { route } = useLocation();
  const [chosen, setChosen] = useState<By>(sought?.by ?? by[0] ?? 'reference');
  const [text, setText] = useState(sought?.text ?? '');
  const find = (event: Event): void => {
    event.preventDefault();
    route(text.trim() === '' ? path : `${path}?${new URLSearchParams({ [chosen]: text.trim() })}`);
  };
  return (
    <form class="find-order" role="search" aria-label="In administration" onSubmit={find}>
      <label class="field">
        <span>Find by</span>
        <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value as By)}>
          {by.map((each) => (
            <option key={each} value={each}>
              {BY[each]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{BY[chosen]}</span>
        <input
          type="text"
          autocomplete="off"
          maxLength={200}
          inputMode={chosen === 'book' ? 'numeric' : 'text'}
          pattern={chosen === 'book' ? '[1-9][0-9]{0,14}' : undefined}
          title={chosen === 'book' ? 'A number' : undefined}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        Find
      </button>
      {sought !== null && <a href={path}>Show all</a>}
    </form>
  );
}

/** For the list's address. */
export function filterOf(sought: Sought | null): { bookId?: string; reference?: string } {
  if (sought?.by === 'book') return { bookId: sought.text };
  return sought?.by === 'reference' ? { reference: sought.text } : {};
}
