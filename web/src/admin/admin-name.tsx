import { useState } from 'preact/hooks';

const NAME = 'bazar.admin-name';
const LONGEST = 60;

/** Who administers in this browser; empty: not given. */
export function storedName(): string {
  try {
    return localStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

function storeName(name: string): void {
  try {
    if (name === '') localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, name);
  } catch {
    // Forbidden storage: changes go without a name.
  }
}

/** Asks once for the name that changes are kept under; it stays in this browser, and can be changed. */
export function AdminName() {
  const [name, setName] = useState(storedName);
  const [editing, setEditing] = useState(name === '');
  const [typed, setTyped] = useState(name);
  if (!editing) {
    return (
      <p class="admin-name">
        Changes are kept under the name <b>{name}</b>.{' '}
        <button type="button" class="link-button" onClick={() => setEditing(true)}>
          Change
          <span class="visually-hidden"> the name</span>
        </button>
      </p>
    );
  }
  const keep = (event: Event): void => {
    event.preventDefault();
    const tidy = typed.replace(/\s+/g, ' ').trim();
    storeName(tidy);
    setName(tidy);
    setTyped(tidy);
    setEditing(tidy === '');
  };
  return (
    <form class="admin-name" onSubmit={keep}>
      <label class="field">
        <span>
          Your name <small>for each book’s history; may be left out</small>
        </span>
        <input
          type="text"
          autocomplete="name"
          maxLength={LONGEST}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        Keep
      </button>
    </form>
  );
}
