import { useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { fieldOf, messageOf } from '../api/http.js';
import { BookNumber } from '../ui/book-number.js';
import { Notice, Spinner } from '../ui/states.js';
import { type OpsAccess } from './access.js';
import { FollowedView } from './followed-view.js';
import { type ClusterSnapshot, type FollowedRequest } from './types.js';

/** Commits, and what was slow, come after the answer. */
const LOOKS_AFTER_MS = [0, 600, 2_500];

interface FollowProps {
  readonly access: OpsAccess;
  readonly snapshot: ClusterSnapshot;
  readonly traceId: string;
}

/** A look-up or a buy that is made here, drawn message by message. */
export function FollowRequest({ access, snapshot, traceId }: FollowProps) {
  const { route } = useLocation();
  const [state, setState] = useState<'idle' | 'under way' | { message: string }>('idle');
  const trace = useTrace(access, traceId);

  const begin = async (request: object): Promise<void> => {
    setState('under way');
    const answer = await access.ask('/ops/traces', request);
    const made = answer.kind === 'answered' ? fieldOf(answer.body, 'traceId') : undefined;
    if (typeof made === 'string') {
      setState('idle');
      route(`/ops/follow/${made}`);
      return;
    }
    const otherwise = 'The front-end did not answer.';
    setState({ message: answer.kind === 'answered' ? messageOf(answer.body, otherwise) : otherwise });
  };
  return (
    <section class="follow">
      <BeginForm busy={state === 'under way'} begin={(request) => void begin(request)} />
      <div role="status">
        {state === 'under way' && <Spinner label="The request is on its way" />}
        {typeof state === 'object' && <p class="result result-bad">{state.message}</p>}
      </div>
      {traceId === '' && state === 'idle' && (
        <p class="lead follow-hint">
          Make a request, and see who sent which message to whom: check, update, ok and commit between the
          catalogs, a hop when a copy is not valid, and how front-ends forget a book before a sale counts.
        </p>
      )}
      {trace === 'forgotten' && (
        <Notice title="Nobody remembers this request">Front-ends keep the last few. Make another.</Notice>
      )}
      {trace !== null && trace !== 'forgotten' && trace.traceId === traceId && (
        <FollowedView key={trace.traceId} trace={trace} snapshot={snapshot} />
      )}
    </section>
  );
}

function BeginForm({ busy, begin }: { busy: boolean; begin: (request: object) => void }) {
  const [bookId, setBookId] = useState('2');
  const [kind, setKind] = useState<'buy' | 'look-up'>('buy');
  const [forgetFirst, setForgetFirst] = useState(true);
  return (
    <form
      class="ops-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) begin({ kind, bookId: Number(bookId), forgetFirst: kind === 'look-up' && forgetFirst });
      }}
    >
      <label class="field">
        <span>What</span>
        <select value={kind} onChange={(event) => setKind(event.currentTarget.value as typeof kind)}>
          <option value="buy">Buy one copy</option>
          <option value="look-up">Look it up</option>
        </select>
      </label>
      <BookNumber value={bookId} change={setBookId} />
      <button type="submit" class="button button-main" aria-disabled={busy}>
        Make the request
      </button>
      {kind === 'look-up' && (
        <label class="ops-check">
          <input
            type="checkbox"
            checked={forgetFirst}
            onChange={(event) => setForgetFirst(event.currentTarget.checked)}
          />
          past this front-end’s cache
        </label>
      )}
      {kind === 'buy' && <p class="ops-check">It is a real purchase.</p>}
    </form>
  );
}

/** Null: none is asked for, or it has not come yet. */
function useTrace(access: OpsAccess, traceId: string): FollowedRequest | 'forgotten' | null {
  const [trace, setTrace] = useState<FollowedRequest | 'forgotten' | null>(null);
  useEffect(() => {
    setTrace(null);
    if (traceId === '') return undefined;
    const leaving = new AbortController();
    const look = async (): Promise<void> => {
      const answer = await access.ask(`/ops/traces/${traceId}`, undefined, leaving.signal);
      if (answer.kind !== 'answered') return;
      if (answer.status === 200) setTrace(answer.body as FollowedRequest);
      else if (answer.status === 404) setTrace('forgotten');
    };
    const timers = LOOKS_AFTER_MS.map((delayMs) => setTimeout(() => void look(), delayMs));
    return () => {
      leaving.abort();
      timers.forEach(clearTimeout);
    };
  }, [access, traceId]);
  return trace;
}
