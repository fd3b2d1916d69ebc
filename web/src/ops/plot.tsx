import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Point } from './rates.js';

export interface Line {
  readonly name: string;
  readonly field: Exclude<keyof Point, 'at'>;
  /** A custom property of the style sheet. */
  readonly colour: string;
}

interface PlotProps {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly points: readonly Point[];
  /** Upper end of the scale when it is always the same. */
  readonly top?: number;
}

const HEIGHT = 170;
const WINDOW_SECONDS = 300;

/** The last minutes as lines; the newest values stand beside it as text. */
export function Plot({ title, unit, lines, points, top }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const created = new uPlot(optionsFor(element.clientWidth, lines, top), columnsOf(points, lines), element);
    plot.current = created;
    const observer = new ResizeObserver(() =>
      created.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData(columnsOf(points, lines)), [points]);
  const newest = points.at(-1);
  return (
    <figure class="plot">
      <figcaption>
        <b>{title}</b>
        {lines.map(({ name, field, colour }) => (
          <span key={field} class={`plot-line plot-line-${colour}`}>
            {name} {format(newest?.[field] ?? null)} {unit}
          </span>
        ))}
      </figcaption>
      <div ref={place} class="plot-place" aria-hidden="true" />
    </figure>
  );
}

function format(value: number | null): string {
  if (value === null) return '–';
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function columnsOf(points: readonly Point[], lines: readonly Line[]): uPlot.AlignedData {
  return [points.map(({ at }) => at), ...lines.map(({ field }) => points.map((point) => point[field]))];
}

/** Read when it draws, so that it follows the theme. */
function colour(name: string): () => string {
  return () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || '#888';
}

function optionsFor(width: number, lines: readonly Line[], top: number | undefined): uPlot.Options {
  const axis = {
    stroke: colour('ink-soft'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: true, range: (_plot, _from, to) => [to - WINDOW_SECONDS, to] },
      y: { range: (_plot, _from, to) => [0, top ?? Math.max(1, (to ?? 0) * 1.15)] },
    },
    axes: [
      {
        ...axis,
        splits: minutesBack,
        values: (plot, splits) => splits.map((split) => minutesAgo(plot, split)),
      },
      { ...axis, size: 46 },
    ],
    series: [
      {},
      ...lines.map(({ name, colour: own }) => ({
        label: name,
        stroke: colour(own),
        width: 2,
        points: { show: false },
      })),
    ],
  };
}

/** A mark each minute, counted from the newest point. */
function minutesBack({ scales }: uPlot): number[] {
  const newest = scales['x']?.max ?? 0;
  return Array.from({ length: WINDOW_SECONDS / 60 }, (_, minute) => newest - minute * 60).reverse();
}

function minutesAgo({ scales }: uPlot, at: number): string {
  const minutes = Math.round(((scales['x']?.max ?? at) - at) / 60);
  return minutes === 0 ? 'now' : `−${minutes} min`;
}
