import type uPlot from 'uplot';
import { type Point } from './rates.js';
import { AXIS, colourOf, useUPlot } from './use-uplot.js';

export interface Line {
  readonly name: string;
  readonly of: (point: Point) => number | null;
  /** A custom property of the style sheet. */
  readonly colour: string;
  readonly dashed?: boolean;
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

/** The last minutes as lines; the newest values stand beside it as text. A plot keeps the lines that it began with: give it a key of them. */
export function Plot({ title, unit, lines, points, top }: PlotProps) {
  const place = useUPlot(HEIGHT, (width) => optionsFor(width, lines, top), columnsOf(points, lines), [
    points,
  ]);
  const newest = points.at(-1);
  return (
    <figure class="plot">
      <figcaption>
        <b>
          {title} <small>{unit}</small>
        </b>
        {lines.map((line) => (
          <span
            key={line.name}
            class={`plot-line plot-line-${line.colour} ${line.dashed ? 'plot-line-dashed' : ''}`}
          >
            {line.name} <data>{format(newest === undefined ? null : line.of(newest))}</data>
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
  return [points.map(({ at }) => at), ...lines.map(({ of }) => points.map(of))];
}

function optionsFor(width: number, lines: readonly Line[], top: number | undefined): uPlot.Options {
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
        ...AXIS,
        size: 28,
        splits: minutesBack,
        values: (plot, splits) => splits.map((split) => minutesAgo(plot, split)),
      },
      { ...AXIS, size: 46 },
    ],
    series: [
      {},
      ...lines.map(({ name, colour, dashed }) => ({
        label: name,
        stroke: colourOf(colour),
        width: 2,
        ...(dashed && { dash: [5, 5] }),
        points: { show: false },
      })),
    ],
  };
}

const NARROW_PX = 440;

/** A mark each minute, or each second one where there is little room, counted from the newest point. */
function minutesBack({ scales, width }: uPlot): number[] {
  const newest = scales['x']?.max ?? 0;
  const stepSeconds = width < NARROW_PX ? 120 : 60;
  const marks = Math.ceil(WINDOW_SECONDS / stepSeconds);
  return Array.from({ length: marks }, (_, mark) => newest - mark * stepSeconds).reverse();
}

function minutesAgo({ scales }: uPlot, at: number): string {
  const minutes = Math.round(((scales['x']?.max ?? at) - at) / 60);
  return minutes === 0 ? 'now' : `−${minutes} min`;
}
