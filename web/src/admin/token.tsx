import { useEffect, useState } from 'preact/hooks';
import { Spinner } from '../ui/states.js';
import { Administration } from './api.js';

const NAME = 'bazar.admin-token';

/** A link may bring the token behind `#token=`: what stands there is never sent to a server, nor does it stay in the address. */
export function storedToken(): string {
  const given = /^#token=([\w~.+/=-]+)$/.exec(location.hash)?.[1];
  if (given !== undefined) {
    storeToken(given);
    history.replaceState(history.state, '', location.pathname + location.search);
    return given;
  }
  try {
    return sessionStorage.getItem(NAME) ?? '';
  } catch {
    return '';
  }
}

export function storeToken(token: string): void {
  try {
    if (token === '') sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, token);
  } catch {
    // Forbidden storage: it lasts as long as the page.
  }
}

type Gate = 'asking' | 'checking' | 'wrong' | 'off' | 'away';

const WORDS: Readonly<Record<Exclude<Gate, 'asking' | 'checking'>, string>> = {
  wrong: 'This token does not open anything.',
  off: 'Administration is off: the server was started without ADMIN_TOKEN.',
  away: 'The shop did not answer. Please try again.',
};

/** Asks for the token; `opened` gets what it opens. It is kept until the tab is closed. */
export function TokenGate({
  what,
  opened,
}: {
  what: string;
  opened: (administration: Administration) => void;
}) {
  const [token, setToken] = useState(storedToken);
  const [gate, setGate] = useState<Gate>(token === '' ? 'asking' : 'checking');

  const check = async (given: string): Promise<void> => {
    setGate('checking');
    const administration = new Administration(given);
    const checked = await administration.check();
    if (checked.kind === 'done') {
      storeToken(given);
      opened(administration);
    } else {
      if (checked.kind === 'not allowed') storeToken('');
      setGate(checked.kind === 'not allowed' ? 'wrong' : checked.kind === 'off' ? 'off' : 'away');
    }
  };
  useEffect(() => {
    if (token !== '') void check(token);
  }, []);

  return (
    <form
      class="gate"
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim() !== '') void check(token.trim());
      }}
    >
      <p class="lead">
        {what} needs the token that the server was started with (ADMIN_TOKEN). It stays in this tab.
      </p>
      <label class="field">
        <span>Token</span>
        <input
          type="password"
          autocomplete="off"
          required
          value={token}
          aria-invalid={gate === 'wrong'}
          aria-describedby="gate-word"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="button button-main" disabled={gate === 'checking'}>
        Open
      </button>
      <div id="gate-word" role="status">
        {gate === 'checking' && <Spinner label="Checking" />}
        {gate !== 'asking' && gate !== 'checking' && <p class="result result-bad">{WORDS[gate]}</p>}
      </div>
    </form>
  );
}
