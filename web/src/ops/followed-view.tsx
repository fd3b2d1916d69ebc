import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { counted } from '../books/money.js';
import { diagramOf, type Family, formatMs } from './diagram.js';
import { DiagramView } from './diagram-view.js';
import { download, svgFile } from './export-svg.js';
import { ballotName } from './names.js';
import { type ClusterSnapshot, type FollowedRequest, type TracedMessage } from './types.js';
import { useNarrow } from './use-narrow.js';

const PLAY_MS = 700;
/** What stays in sight to the left of the arrow that is looked at. */
const MARGIN_PX = 60;

const LEGEND: readonly (readonly [Family, string])[] = [
  ['call', 'requests and answers'],
  ['check', 'check'],
  ['update', 'update'],
  ['commit', 'commit'],
  ['conflict', 'conflict'],
  ['hop', 'hop, forward'],
  ['invalidate', 'invalidate'],
];

/** One request as a diagram that can be stepped through and kept as a file. */
export function FollowedView({ trace, snapshot }: { trace: FollowedRequest; snapshot: ClusterSnapshot }) {
  const narrow = useNarrow();
  const diagram = useMemo(() => diagramOf(trace, narrow), [trace, narrow]);
  const count = trace.messages.length;
  const [chosen, setStep] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const step = Math.min(chosen ?? count, count);
  const svg = useRef<SVGSVGElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const row = diagram.rows[step - 1];
  useEffect(() => {
    if (row && chosen !== null) place.current?.scrollTo({ left: Math.min(row.fromX, row.toX) - MARGIN_PX });
  }, [row, chosen]);
  useEffect(() => {
    if (!playing) return undefined;
    if (step >= count) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => setStep(step + 1), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, step, count]);

  const what =
    trace.kind === 'buy' ? `Buying a copy of book ${trace.bookId}` : `Looking up book ${trace.bookId}`;
  const title = `${what}: ${trace.outcome}`;
  const message = trace.messages[step - 1];
  const share = (): void => {
    if (svg.current)
      download(svgFile(svg.current, title), `bazar-${trace.kind}-${trace.traceId.slice(0, 8)}.svg`);
  };
  const go = (to: number): void => {
    setPlaying(false);
    setStep(Math.max(1, Math.min(count, to)));
  };
  return (
    <article class="followed">
      <header class="followed-head">
        <h2>{title}</h2>
        <p class="lead">
          The client had its answer after {formatMs(trace.durationMs)}. {counted(count, 'message')}.
        </p>
      </header>
      <div class="stepper" role="group" aria-label="Step through the messages">
        <button type="button" class="button" onClick={() => go(step - 1)} disabled={step <= 1}>
          Back
        </button>
        <button type="button" class="button" onClick={() => go(step + 1)} disabled={step >= count}>
          Next
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            if (!playing && step >= count) setStep(1);
            setPlaying(!playing);
          }}
        >
          {playing ? 'Pause' : 'Play'}
        </button>
        <input
          type="range"
          min={1}
          max={Math.max(1, count)}
          value={step}
          aria-label="Message"
          onInput={(event) => go(event.currentTarget.valueAsNumber)}
        />
        <button type="button" class="button" onClick={share}>
          Save as SVG
        </button>
      </div>
      <p class="followed-now" aria-live="polite">
        {message && (
          <>
            <b>
              {step} of {count}
            </b>{' '}
            {sentenceOf(message, trace, snapshot)}
          </>
        )}
      </p>
      <div
        ref={place}
        class="scroll diagram-place"
        tabIndex={0}
        role="region"
        aria-label="Sequence of messages"
      >
        <DiagramView diagram={diagram} step={step} choose={go} svg={svg} label={title} />
      </div>
      <ul class="legend" aria-label="Colours">
        {LEGEND.filter(([family]) => diagram.rows.some((row) => row.family === family)).map(
          ([family, name]) => (
            <li key={family} class={`legend-${family}`}>
              {name}
            </li>
          ),
        )}
      </ul>
      <details>
        <summary>As text</summary>
        <ol class="followed-text">
          {trace.messages.map((each) => (
            <li key={each.messageId}>{sentenceOf(each, trace, snapshot)}</li>
          ))}
        </ol>
      </details>
    </article>
  );
}

/** `Catalog 1 to Catalog 3: update, number 4, ballot 2 of Catalog 1, sale of 1: sold. Sent after 1.2 ms, took 0.4 ms.` */
function sentenceOf(
  message: TracedMessage,
  { processes }: FollowedRequest,
  snapshot: ClusterSnapshot,
): string {
  const nameOf = (address: string): string =>
    processes.find((process) => process.address === address)?.name ?? address;
  const { words, sentMs, receivedMs, failure } = message;
  const said = [
    words.kind,
    words.sequenceNumber === null ? null : `number ${words.sequenceNumber}`,
    words.ballot === null ? null : `ballot ${ballotName(snapshot, words.ballot)}`,
    words.note,
  ].filter((part) => part !== null);
  const took =
    receivedMs === null
      ? 'it did not arrive'
      : `on its way for ${formatMs(Math.max(0, receivedMs - sentMs))}`;
  const failed = failure === null ? '' : ` No answer: ${failure}.`;
  return `${nameOf(message.from)} to ${nameOf(message.to)}: ${said.join(', ')}. Sent after ${formatMs(sentMs)}, ${took}.${failed}`;
}
