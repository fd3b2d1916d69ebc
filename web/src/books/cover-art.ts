/** Covers drawn from the title alone: the same title looks the same everywhere. Units are those of a 200 x 300 view box. */

export const COVER_WIDTH = 200;
export const COVER_HEIGHT = 300;

export interface Shape {
  readonly d: string;
  readonly fill: string;
  readonly opacity?: number;
}

export interface CoverArt {
  readonly paper: string;
  readonly ink: string;
  readonly shapes: readonly Shape[];
  readonly lines: readonly string[];
  readonly fontSize: number;
  readonly titleTop: number;
  readonly author: string | null;
  /** Base line of the author, on the side of the title. */
  readonly authorY: number;
}

/** paper, ink, and three colours of the drawing */
type Palette = readonly [paper: string, ink: string, a: string, b: string, c: string];

const PALETTES: readonly Palette[] = [
  ['#f3e6cf', '#3a1f16', '#c8553d', '#e8a87c', '#588b8b'],
  ['#20394f', '#f6ead2', '#f2b04c', '#d1603d', '#7fb2b5'],
  ['#7a2e2e', '#fbeedb', '#e9a15b', '#c65b4a', '#401818'],
  ['#e9efe2', '#21382b', '#4f7d5c', '#a3bf8f', '#e0b354'],
  ['#2f4a3c', '#f4ecd6', '#d9b44a', '#86a873', '#1d3027'],
  ['#f6d9c0', '#4a2238', '#a5446b', '#e2856e', '#f3b562'],
  ['#3b2a4d', '#f7e8dd', '#b57bb0', '#e9966c', '#5f4a7d'],
  ['#dfe9ee', '#1d3444', '#3f7ca3', '#94bfd1', '#e3885c'],
  ['#f5edd8', '#26302f', '#2a7f7b', '#e6b455', '#cf5c43'],
  ['#c9472f', '#fff1dd', '#f4b860', '#8e2a1c', '#f0d9b5'],
  ['#1f2a2e', '#f1e9da', '#55a39a', '#e2a94f', '#bf4f3c'],
  ['#eadcf0', '#3b2350', '#8757a8', '#c79bd1', '#e7a24f'],
];

type Draw = (palette: Palette, random: () => number) => Shape[];

export function coverArt(title: string, author: string | null): CoverArt {
  const random = randomFrom(title);
  const palette = pick(PALETTES, random);
  const drawing = pick(DRAWINGS, random);
  const short = title.replace(/\s*\([^)]*\)\s*$/, '') || title;
  const { lines, fontSize } = layOut(short);
  const above = drawing.from === 'bottom';
  const height = lines.length * fontSize * LINE_HEIGHT;
  return {
    paper: palette[0],
    ink: palette[1],
    shapes: drawing.draw(palette, random),
    lines,
    fontSize,
    titleTop: above ? 38 : COVER_HEIGHT - 34 - height,
    author,
    authorY: above ? 25 : COVER_HEIGHT - 17,
  };
}

const FONT_SIZES = [31, 27, 24, 21, 18, 16, 14] as const;
const SMALLEST = 14;
const LINE_HEIGHT = 1.14;
const TITLE_WIDTH = 168;
const TITLE_HEIGHT = 96;

/** The largest size at which the title fits; at the smallest it is cut. */
function layOut(title: string): { lines: string[]; fontSize: number } {
  for (const fontSize of FONT_SIZES) {
    const width = TITLE_WIDTH / fontSize;
    const lines = wrap(title, width);
    const fits =
      lines.length * fontSize * LINE_HEIGHT <= TITLE_HEIGHT && lines.every((line) => widthOf(line) <= width);
    if (fits) return { lines, fontSize };
  }
  const width = TITLE_WIDTH / SMALLEST;
  const most = Math.floor(TITLE_HEIGHT / (SMALLEST * LINE_HEIGHT));
  const all = wrap(title, width);
  const lines = all.slice(0, most).map((line) => cut(line, width));
  if (all.length > most) lines[most - 1] = cut(`${lines[most - 1] ?? ''}…`, width);
  return { lines, fontSize: SMALLEST };
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && widthOf(`${last} ${word}`) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function cut(line: string, width: number): string {
  const letters = [...line];
  if (widthOf(line) <= width) return line;
  while (letters.length > 1 && widthOf(`${letters.join('')}…`) > width) letters.pop();
  return `${letters.join('').replace(/[…\s]+$/, '')}…`;
}

/** About how wide a bold serif sets a text, in its font size. */
function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[mwMW@%]/.test(letter)) width += 0.94;
    else if (/[ijlftrI.,:;!|'()-]/.test(letter)) width += 0.38;
    else if (/\s/.test(letter)) width += 0.26;
    else if (/[A-Z0-9&]/.test(letter)) width += 0.72;
    // Chinese, Japanese, Korean and pictures fill a square.
    else width += letter.charCodeAt(0) > 0x2e7f ? 1 : 0.59;
  }
  return width;
}

/** Which side of the cover a drawing leaves free for the title. */
const DRAWINGS: readonly { readonly from: 'top' | 'bottom'; readonly draw: Draw }[] = [
  { from: 'bottom', draw: hills },
  { from: 'bottom', draw: waves },
  { from: 'top', draw: sun },
  { from: 'top', draw: triangles },
  { from: 'bottom', draw: quarters },
  { from: 'top', draw: leaves },
  { from: 'bottom', draw: spines },
  { from: 'top', draw: rings },
];

function hills([, , a, b, c]: Palette, random: () => number): Shape[] {
  const moon = circle(40 + random() * 120, 178, 20);
  const ridges = [a, b, c].map((fill, index) => {
    const y = 205 + index * 30;
    const [left, right] = [y - 20 + random() * 40, y - 20 + random() * 40];
    return { d: `M0 ${y}C60 ${left} 130 ${right} 200 ${y - 12 + random() * 24}V300H0Z`, fill };
  });
  return [{ d: moon, fill: b, opacity: 0.9 }, ...ridges];
}

function waves([, , a, b, c]: Palette, random: () => number): Shape[] {
  const shift = random() * 50;
  return [a, c, b, a, c].map((fill, index) => {
    const y = 176 + index * 26;
    const x = -50 - ((shift + index * 25) % 50);
    return { d: `M${x} ${y}${'q12.5 -16 25 0t25 0'.repeat(7)}V300H${x}Z`, fill };
  });
}

function sun([, , a, b, c]: Palette, random: () => number): Shape[] {
  const y = 78 + random() * 10;
  const rays = Array.from({ length: 16 }, (_, index) => {
    const [from, to] = [(index * Math.PI) / 8, ((index + 0.5) * Math.PI) / 8];
    return `M100 ${y}L${at(100, 240, from, 'x')} ${at(y, 240, from, 'y')}L${at(100, 240, to, 'x')} ${at(y, 240, to, 'y')}Z`;
  });
  return [
    { d: rays.join(''), fill: b, opacity: 0.28 },
    { d: circle(100, y, 54), fill: a },
    { d: circle(100, y, 37), fill: c },
    { d: circle(100, y, 18), fill: b },
  ];
}

function triangles([, , a, b, c]: Palette, random: () => number): Shape[] {
  const side = 40; // five across; the fourth row has gaps
  return Array.from({ length: 20 }, (_, index) => {
    const [x, y] = [(index % 5) * side, Math.floor(index / 5) * side];
    const turned = random() < 0.5;
    const d = turned ? `M${x} ${y}h${side}v${side}Z` : `M${x} ${y}v${side}h${side}Z`;
    return { d, fill: pick([a, b, c], random), opacity: y === side * 3 && random() < 0.5 ? 0 : 1 };
  });
}

function quarters([, , a, b, c]: Palette, random: () => number): Shape[] {
  const right = random() < 0.5;
  const x = right ? 200 : 0;
  return [150, 122, 94, 66, 38].map((radius, index) => ({
    d: circle(x, 300, radius),
    fill: [a, b, c, a, b][index] ?? a,
  }));
}

function leaves([, , a, b, c]: Palette, random: () => number): Shape[] {
  const stem = { d: 'M98.5 14h3V152h-3Z', fill: c };
  const pairs = Array.from({ length: 5 }, (_, index) => {
    const y = 148 - index * 25;
    const reach = 46 + random() * 22;
    const fill = index % 2 === 0 ? a : b;
    return [
      {
        d: `M100 ${y}C${100 + reach * 0.3} ${y - 30} ${100 + reach} ${y - 30} ${100 + reach} ${y - 34}C${100 + reach} ${y - 6} ${100 + reach * 0.5} ${y + 2} 100 ${y}Z`,
        fill,
      },
      {
        d: `M100 ${y}C${100 - reach * 0.3} ${y - 30} ${100 - reach} ${y - 30} ${100 - reach} ${y - 34}C${100 - reach} ${y - 6} ${100 - reach * 0.5} ${y + 2} 100 ${y}Z`,
        fill,
      },
    ];
  });
  return [stem, ...pairs.flat()];
}

/** A shelf of books, for a bookshop. */
function spines([, , a, b, c]: Palette, random: () => number): Shape[] {
  const shapes: Shape[] = [];
  for (let x = 14; x < 174;) {
    const width = 14 + Math.floor(random() * 14);
    const height = 62 + Math.floor(random() * 48);
    shapes.push({ d: `M${x} ${274 - height}h${width}v${height}h-${width}Z`, fill: pick([a, b, c], random) });
    x += width + 2;
  }
  return [...shapes, { d: 'M0 274h200v6H0Z', fill: a }];
}

function rings([, , a, b, c]: Palette, random: () => number): Shape[] {
  const first = 50 + random() * 30;
  return [
    { d: circle(first, 62, 54), fill: a, opacity: 0.92 },
    { d: circle(first + 58, 92, 48), fill: b, opacity: 0.85 },
    { d: circle(first + 16, 120, 32), fill: c, opacity: 0.88 },
  ];
}

function circle(x: number, y: number, radius: number): string {
  const r = round(radius);
  return `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${round(2 * radius)} 0a${r} ${r} 0 1 0 -${round(2 * radius)} 0Z`;
}

function at(centre: number, radius: number, angle: number, axis: 'x' | 'y'): number {
  return round(centre + radius * (axis === 'x' ? Math.cos(angle) : Math.sin(angle)));
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function pick<T>(choices: readonly T[], random: () => number): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error('nothing to pick from');
  return choice;
}

/** mulberry32 over an FNV-1a hash: enough for pictures. */
function randomFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
