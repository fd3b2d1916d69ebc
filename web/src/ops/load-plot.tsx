import { useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import { type LoadResult } from './load.js';
import { AXIS, colourOf, useUPlot } from './use-uplot.js';

/** Something that was done to a process, on the same clock as the results. */
export interface Deed {
  readonly at: number;
  readonly text: string;
}

const HEIGHT = 260;
const WINDOW_SECONDS = 60;
/** Milliseconds: what the scale shows at least. */
const SCALE = [0.5, 5_000] as const;

const SERIES = [
  {
    label: 'look-up',
    colour: 'series-2',
    is: ({ kind, outcome }: LoadResult) => kind === 'look-up' && outcome === 'answered',
  },
  {
    label: 'buy',
    colour: 'series-3',
    is: ({ kind, outcome }: LoadResult) => kind === 'buy' && outcome === 'answered',
  },
  { label: 'failed', colour: 'bad', is: ({ outcome }: LoadResult) => outcome === 'failed' },
] as const;

/** Each request of the last minute as a dot: when it was sent, and how long its client waited. */
export function LoadPlot({
  results,
  deeds,
  now,
}: {
  results: readonly LoadResult[];
  deeds: readonly Deed[];
  now: number;
}) {
  const marked = useRef(deeds);
  marked.current = deeds;
  const place = useUPlot(
    HEIGHT,
    (width) => optionsFor(width, () => marked.current),
    columnsOf(results, now),
    [results, now],
  );
  return <div ref={place} class="load-place" aria-hidden="true" />;
}

/** The last point holds the place of now. */
function columnsOf(results: readonly LoadResult[], now: number): uPlot.AlignedData {
  const sorted = [...results].sort((a, b) => a.at - b.at);
  return [
    [...sorted.map(({ at }) => at / 1000), now / 1000],
    ...SERIES.map(({ is }) => [...sorted.map((result) => (is(result) ? result.tookMs : null)), null]),
  ];
}

function optionsFor(width: number, deeds: () => readonly Deed[]): uPlot.Options {
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_plot, _from, to) => [to - WINDOW_SECONDS, to] },
      y: { distr: 3, range: () => [...SCALE] },
    },
    axes: [
      {
        ...AXIS,
        size: 28,
        splits: ({ scales }) => [60, 45, 30, 15, 0].map((ago) => (scales['x']?.max ?? 0) - ago),
        values: ({ scales }, splits) =>
          splits.map((split) => {
            const ago = Math.round((scales['x']?.max ?? 0) - split);
            return ago === 0 ? 'now' : `−${ago} s`;
          }),
      },
      {
        ...AXIS,
        size: 62,
        splits: () => [1, 10, 100, 1_000],
        values: () => ['1 ms', '10 ms', '100 ms', '1 s'],
      },
    ],
    series: [
      {},
      ...SERIES.map(({ label, colour }) => ({
        label,
        stroke: colourOf(colour),
        paths: () => null,
        points: { show: true, size: 5, fill: colourOf(colour), width: 0 },
      })),
    ],
    hooks: { drawClear: [(plot) => drawDeeds(plot, deeds())] },
  };
}

function drawDeeds(plot: uPlot, deeds: readonly Deed[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  deeds.forEach(({ at, text }) => {
    const x = plot.valToPos(at / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.strokeStyle = ctx.fillStyle = colourOf('ink-soft')();
    ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    // Upwards along its line: deeds often follow each other closely.
    ctx.save();
    ctx.translate(x - 4 * devicePixelRatio, bbox.top + bbox.height - 4 * devicePixelRatio);
    ctx.rotate(-Math.PI / 2);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillText(text, 0, 0);
    ctx.restore();
  });
  ctx.restore();
}
