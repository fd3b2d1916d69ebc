import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { counted } from '../books/money.js';
import { type Diagram, diagramOf, type Family, formatMs } from './diagram.js';
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
  const stepping = useStepping(count);
  const { step } = stepping;
  const [svg, place] = [useRef<SVGSVGElement>(null), useRef<HTMLDivElement>(null)];
  const row = diagram.rows[step - 1];
  useEffect(() => {
    if (row && step < count) place.current?.scrollTo({ left: Math.min(row.fromX, row.toX) - MARGIN_PX });
  }, [row]);

  const what =
    trace.kind === 'buy' ? `Buying a copy of book ${trace.bookId}` : `Looking up book ${trace.bookId}`;
  const title = `${what}: ${trace.outcome}`;
  const save = (): void => {
    if (svg.current)
      download(svgFile(svg.current, title), `bazar-${trace.kind}-${trace.traceId.slice(0, 8)}.svg`);
  };
  return (
    <article class="followed">
      <header class="followed-head">
        <h2>{title}</h2>
        <p class="lead">
          The client had its answer after {formatMs(trace.durationMs)}. {counted(count, 'message')}.
        </p>
      </header>
      <Stepper stepping={stepping} count={count} save={save} />
      <p class="followed-now" aria-live="polite">
        {row && (
          <>
            <b>
              {step} of {count}
            </b>{' '}
            {sentenceOf(row.message, trace, snapshot)}
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
        <DiagramView diagram={diagram} step={step} choose={stepping.go} svg={svg} label={title} />
      </div>
      <Legend diagram={diagram} />
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

interface Stepping {
  /** 1 and up; all messages at first. */
  readonly step: number;
  readonly playing: boolean;
  readonly go: (step: number) => void;
  readonly play: (playing: boolean) => void;
}

function useStepping(count: number): Stepping {
  const [chosen, choose] = useState<number | null>(null);
  const [playing, setPlaying] = useState(false);
  const step = Math.min(chosen ?? count, count);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => (step < count ? choose(step + 1) : setPlaying(false)), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, step, count]);
  return {
    step,
    playing,
    go: (to) => {
      setPlaying(false);
      choose(Math.max(1, Math.min(count, to)));
    },
    play: (on) => {
      if (on && step >= count) choose(1);
      setPlaying(on);
    },
  };
}

function Stepper({ stepping, count, save }: { stepping: Stepping; count: number; save: () => void }) {
  const { step, playing, go, play } = stepping;
  return (
    <div class="stepper" role="group" aria-label="Step through the messages">
      <button type="button" class="button" onClick={() => go(step - 1)} disabled={step <= 1}>
        Back
      </button>
      <button type="button" class="button" onClick={() => go(step + 1)} disabled={step >= count}>
        Next
      </button>
      <button type="button" class="button" onClick={() => play(!playing)}>
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
      <button type="button" class="button" onClick={save}>
        Save as SVG
      </button>
    </div>
  );
}

function Legend({ diagram }: { diagram: Diagram }) {
  const families = new Set(diagram.rows.map(({ family }) => family));
  return (
    <ul class="legend" aria-label="Colours">
      {LEGEND.filter(([family]) => families.has(family)).map(([family, name]) => (
        <li key={family} class={`legend-${family}`}>
          {name}
        </li>
      ))}
    </ul>
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
