import { useEffect, useMemo, useState } from 'preact/hooks';
import { TokenGate } from '../admin/token.js';
import { messageOf } from '../api/http.js';
import { counted } from '../books/money.js';
import { BookNumber } from '../ui/book-number.js';
import { Notice } from '../ui/states.js';
import { type OpsAccess } from './access.js';
import { type LoadResult, SteadyLoad } from './load.js';
import { type Deed, LoadPlot } from './load-plot.js';
import {
  type ClusterSnapshot,
  type ProcessAction,
  type ProcessState,
  type SupervisedProcess,
} from './types.js';

const DRAW_MS = 250;
const MOST_DEEDS = 30;

interface TryItProps {
  readonly access: OpsAccess;
  readonly snapshot: ClusterSnapshot;
  /** From now on the page asks with that token; an empty one is none. */
  readonly useToken: (token: string) => void;
}

/** Stop, hang and cut off processes, and watch what clients see. Touching a process takes the token, on this machine too. */
export function TryIt({ access, snapshot, useToken }: TryItProps) {
  const [deeds, setDeeds] = useState<readonly Deed[]>([]);
  const [refusal, setRefusal] = useState('');
  const { processes, self } = snapshot;
  if (processes === null) {
    return (
      <Notice title="Only on a machine of one’s own">
        Processes can be stopped and brought back here when <code>npm start</code> runs the bookstore.
      </Notice>
    );
  }
  const act = async ({ name }: SupervisedProcess, action: ProcessAction): Promise<void> => {
    const at = performance.now();
    const answer = await access.ask('/ops/processes', { name, action });
    const done = answer.kind === 'answered' && answer.status === 204;
    if (answer.kind === 'answered' && answer.status === 401) useToken('');
    const otherwise = 'The front-end did not answer.';
    setRefusal(done ? '' : answer.kind === 'answered' ? messageOf(answer.body, otherwise) : otherwise);
    if (done) setDeeds((before) => [...before, { at, text: `${name}: ${action}` }].slice(-MOST_DEEDS));
  };
  return (
    <section class="try">
      <Load deeds={deeds} />
      {access.token === '' && <TokenGate what="Stopping a process" opened={({ token }) => useToken(token)} />}
      <ul class="processes" aria-label="Processes">
        {processes.map((process) => (
          <Process
            key={process.name}
            process={process}
            own={process.address === self}
            mayAct={access.token !== ''}
            act={(action) => void act(process, action)}
          />
        ))}
      </ul>
      <div class="try-refusal" role="status">
        {refusal !== '' && <p class="result result-bad">{refusal}</p>}
      </div>
    </section>
  );
}

const STATE_TONES: Readonly<Record<ProcessState, string>> = {
  running: 'good',
  hanging: 'warn',
  'cut off': 'warn',
  stopped: 'bad',
};

function Process({
  process: { name, state },
  own,
  mayAct,
  act,
}: {
  process: SupervisedProcess;
  own: boolean;
  mayAct: boolean;
  act: (action: ProcessAction) => void;
}) {
  const actions: readonly ProcessAction[] =
    state === 'running' ? ['stop', 'hang', 'cut off'] : ['bring back'];
  return (
    <li class={`process process-${STATE_TONES[state]}`}>
      <b>{name}</b>
      {state !== 'running' && <span class={`state state-${STATE_TONES[state]}`}>{state}</span>}
      {own ? (
        <p class="process-own">You look through this one</p>
      ) : (
        <span class="process-actions">
          {actions.map((action) => (
            <button
              key={action}
              type="button"
              class="button"
              disabled={!mayAct}
              onClick={() => act(action)}
              aria-label={`${action} ${name}`}
            >
              {action}
            </button>
          ))}
        </span>
      )}
    </li>
  );
}

function Load({ deeds }: { deeds: readonly Deed[] }) {
  const load = useMemo(() => new SteadyLoad(), []);
  const [running, setRunning] = useState(false);
  const [bookId, setBookId] = useState('4');
  const [buys, setBuys] = useState(true);
  const [shown, setShown] = useState<{ results: readonly LoadResult[]; now: number }>({
    results: [],
    now: performance.now(),
  });
  useEffect(() => {
    const timer = setInterval(() => setShown({ results: load.recent(), now: performance.now() }), DRAW_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const valid = /^[1-9]\d{0,14}$/.test(bookId);
    if (running && valid)
      load.start({ bookId: Number(bookId), lookUpsPerSecond: 10, buysPerSecond: buys ? 2 : 0 });
    else load.stop();
    return () => load.stop();
  }, [running, bookId, buys]);
  return (
    <div class="load">
      <div class="ops-form">
        <button
          type="button"
          class={`button ${running ? '' : 'button-main'}`}
          onClick={() => setRunning(!running)}
        >
          {running ? 'Stop the load' : 'Start a little load'}
        </button>
        <BookNumber value={bookId} change={setBookId} />
        <label class="ops-check">
          <input type="checkbox" checked={buys} onChange={(event) => setBuys(event.currentTarget.checked)} />
          buy it too, twice a second
        </label>
      </div>
      <figure class="plot load-plot">
        <figcaption>
          <b>
            What clients see <small>each dot is a request: how long its client waited</small>
          </b>
          <Tally results={shown.results} />
        </figcaption>
        <LoadPlot {...shown} deeds={deeds} />
      </figure>
    </div>
  );
}

function Tally({ results }: { results: readonly LoadResult[] }) {
  const of = (kind: LoadResult['kind']): LoadResult[] => results.filter((result) => result.kind === kind);
  const [lookUps, buys] = [of('look-up'), of('buy')];
  const failed = results.filter(({ outcome }) => outcome === 'failed').length;
  const repeated = buys.filter(({ repeats }) => repeats > 0).length;
  const sold = buys.filter((buy) => buy.sold).length;
  return (
    <>
      <span class="plot-line plot-dot plot-line-series-2">
        {counted(lookUps.length, 'look-up')}, slowest {slowest(lookUps)}
      </span>
      <span class="plot-line plot-dot plot-line-series-3">
        {counted(buys.length, 'buy')}, {sold} sold, slowest {slowest(buys)}
        {repeated > 0 && `, ${repeated} asked again under the same key`}
      </span>
      <span class="plot-line plot-dot plot-line-bad">{failed} failed</span>
    </>
  );
}

function slowest(results: readonly LoadResult[]): string {
  if (results.length === 0) return '–';
  return `${Math.max(...results.map(({ tookMs }) => tookMs)).toFixed(0)} ms`;
}
