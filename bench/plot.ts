/** A line, or the bars of one colour. */
export interface Series {
  readonly name: string;
  /** x and y in turn; `low` and `high` draw the spread. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly low?: number;
    readonly high?: number;
  }[];
}

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
}

export interface Plot {
  /** Of the file, without `.svg`. */
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Moments on the x axis that something happened at. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  /** False: a line without a dot at each point, for many points. */
  readonly dots?: boolean;
}

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 74;
const RIGHT = 24;
const TOP = 44;
const BOTTOM = 92;
const COLOURS = ['#2f6fb0', '#c8553d', '#3f8f5f', '#8a5fb0', '#b8860b', '#4a9ca8', '#a0446f', '#666666'];
const MOST_TICKS = 8;
/** A log axis has no 0. */
const LEAST_ON_LOG = 1e-6;

type Place = (value: number) => number;

/** An SVG that stands for itself: no script, no font of its own. */
export function svgOf(plot: Plot): string {
  const points = plot.series.flatMap((series) => series.points);
  const xs = points.map(({ x }) => x).concat((plot.marks ?? []).map(({ x }) => x));
  const ys = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
  const xRange = rangeOf(xs, plot.x.scale, false);
  const yRange = rangeOf(ys, plot.y.scale, true);
  const placeX = placer(xRange, plot.x.scale, LEFT, WIDTH - RIGHT);
  const placeY = placer(yRange, plot.y.scale, HEIGHT - BOTTOM, TOP);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(WIDTH / 2, 22, plot.title, 'middle', 'font-size="15" font-weight="600"'),
    ...ticksOf(yRange, plot.y.scale).map((tick) => horizontal(placeY(tick), tick)),
    ...ticksOf(xRange, plot.x.scale).map((tick) => vertical(placeX(tick), tick)),
    ...(plot.marks ?? []).map((mark) => markAt(placeX(mark.x), mark.label)),
    ...plot.series.map((series, index) => drawn(series, colourOf(index), placeX, placeY, plot.dots ?? true)),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 36, plot.x.label, 'middle'),
    `<g transform="rotate(-90 16 ${(TOP + HEIGHT - BOTTOM) / 2})">${text(16, (TOP + HEIGHT - BOTTOM) / 2, plot.y.label, 'middle')}</g>`,
    ...legend(plot.series),
    '</svg>',
    '',
  ].join('\n');
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function rangeOf(values: readonly number[], scale: Axis['scale'], withZero: boolean): Range {
  const finite = values.filter((value) => Number.isFinite(value));
  const least = Math.min(...finite);
  const most = Math.max(...finite);
  if (finite.length === 0) return { from: scale === 'log' ? 1 : 0, to: 10 };
  if (scale === 'log') {
    const from = 10 ** Math.floor(Math.log10(Math.max(least, LEAST_ON_LOG)));
    const to = 10 ** Math.ceil(Math.log10(Math.max(most, LEAST_ON_LOG)));
    return { from, to: to > from ? to : from * 10 };
  }
  const from = withZero ? Math.min(0, least) : least;
  return { from, to: most > from ? most : from + 1 };
}

function placer({ from, to }: Range, scale: Axis['scale'], start: number, end: number): Place {
  const at = (value: number): number => (scale === 'log' ? Math.log10(Math.max(value, LEAST_ON_LOG)) : value);
  return (value) => start + ((at(value) - at(from)) / (at(to) - at(from))) * (end - start);
}

function ticksOf({ from, to }: Range, scale: Axis['scale']): number[] {
  if (scale === 'log') {
    const ticks: number[] = [];
    for (let tick = from; tick <= to * 1.0001; tick *= 10) ticks.push(tick);
    return ticks;
  }
  const rough = (to - from) / MOST_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to * 1.0001; tick += step) ticks.push(tick);
  return ticks;
}

function drawn({ points }: Series, colour: string, placeX: Place, placeY: Place, dots: boolean): string {
  const at = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const line = at.map(({ x, y }) => `${round(placeX(x))},${round(placeY(y))}`).join(' ');
  const spreads = at.flatMap(({ x, low, high }) =>
    low === undefined || high === undefined || low === high
      ? []
      : [
          `<path d="M${round(placeX(x))} ${round(placeY(low))}V${round(placeY(high))}" stroke="${colour}" opacity="0.5"/>`,
        ],
  );
  const circles = dots
    ? at.map(
        ({ x, y }) => `<circle cx="${round(placeX(x))}" cy="${round(placeY(y))}" r="3.5" fill="${colour}"/>`,
      )
    : [];
  return [
    `<polyline points="${line}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...spreads,
    ...circles,
  ].join('');
}

function horizontal(y: number, tick: number): string {
  const line = `<path d="M${LEFT} ${round(y)}H${WIDTH - RIGHT}" stroke="#ddd"/>`;
  return line + text(LEFT - 8, round(y) + 4, tickText(tick), 'end');
}

function vertical(x: number, tick: number): string {
  const line = `<path d="M${round(x)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#eee"/>`;
  return line + text(round(x), HEIGHT - BOTTOM + 18, tickText(tick), 'middle');
}

function markAt(x: number, label: string): string {
  const line = `<path d="M${round(x)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#333" stroke-dasharray="4 3"/>`;
  return line + text(round(x) + 4, TOP + 12, label, 'start');
}

function legend(series: readonly Series[]): string[] {
  const width = (WIDTH - LEFT - RIGHT) / 3;
  return series.map(({ name }, index) => {
    const x = LEFT + (index % 3) * width;
    const y = HEIGHT - BOTTOM + 56 + Math.floor(index / 3) * 17;
    return `<rect x="${round(x)}" y="${y - 9}" width="10" height="10" fill="${colourOf(index)}"/>${text(round(x) + 15, y, name, 'start')}`;
  });
}

function text(x: number, y: number, content: string, anchor: string, rest = ''): string {
  const escaped = content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#222" ${rest}>${escaped}</text>`;
}

function tickText(tick: number): string {
  if (tick >= 1e6) return `${round(tick / 1e6)}M`;
  if (tick >= 1e3) return `${round(tick / 1e3)}k`;
  return String(Number(tick.toPrecision(3)));
}

const colourOf = (index: number): string => COLOURS[index % COLOURS.length] ?? '#000';
const round = (number: number): number => Math.round(number * 10) / 10;
