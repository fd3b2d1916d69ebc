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
  const atTop = drawing.from === 'bottom';
  const height = lines.length * fontSize * 1.14;
  return {
    paper: palette[0],
    ink: palette[1],
    shapes: drawing.draw(palette, random),
    lines,
    fontSize,
    titleTop: atTop ? 34 : COVER_HEIGHT - 46 - height,
    author,
  };
}

const FONT_SIZES = [31, 27, 23, 20, 17, 15] as const;
const TITLE_WIDTH = 166;
const TITLE_HEIGHT = 118;
/** Of a serif letter, in its font size. */
const LETTER_WIDTH = 0.54;

/** The largest size at which the title fits; at the smallest it is cut. */
function layOut(title: string): { lines: string[]; fontSize: number } {
  for (const fontSize of FONT_SIZES) {
    const perLine = Math.floor(TITLE_WIDTH / (fontSize * LETTER_WIDTH));
    const lines = wrap(title, perLine);
    const fits = lines.length * fontSize * 1.14 <= TITLE_HEIGHT && lines.every((line) => line.length <= perLine);
    if (fits) return { lines, fontSize };
  }
  const fontSize = FONT_SIZES[FONT_SIZES.length - 1] ?? 15;
  const perLine = Math.floor(TITLE_WIDTH / (fontSize * LETTER_WIDTH));
  const most = Math.floor(TITLE_HEIGHT / (fontSize * 1.14));
  const all = wrap(title, perLine).map((line) => (line.length > perLine ? `${line.slice(0, perLine - 1)}…` : line));
  const lines = all.slice(0, most);
  if (all.length > most) lines[most - 1] = `${(lines[most - 1] ?? '').slice(0, perLine - 1)}…`;
  return { lines, fontSize };
}

function wrap(text: string, perLine: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= perLine) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
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
  const y = 92 + random() * 20;
  const rays = Array.from({ length: 16 }, (_, index) => {
    const [from, to] = [(index * Math.PI) / 8, ((index + 0.5) * Math.PI) / 8];
    return `M100 ${y}L${at(100, 240, from, 'x')} ${at(y, 240, from, 'y')}L${at(100, 240, to, 'x')} ${at(y, 240, to, 'y')}Z`;
  });
  return [
    { d: rays.join(''), fill: b, opacity: 0.28 },
    { d: circle(100, y, 56), fill: a },
    { d: circle(100, y, 38), fill: c },
    { d: circle(100, y, 18), fill: b },
  ];
}

function triangles([, , a, b, c]: Palette, random: () => number): Shape[] {
  const side = 40;
  return Array.from({ length: 20 }, (_, index) => {
    const [x, y] = [(index % 5) * side, Math.floor(index / 5) * side];
    const turned = random() < 0.5;
    const d = turned ? `M${x} ${y}h${side}v${side}Z` : `M${x} ${y}v${side}h${side}Z`;
    return { d, fill: pick([a, b, c], random), opacity: y === side * 3 && random() < 0.45 ? 0 : 1 };
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
  const stem = { d: 'M98 10h4V182h-4Z', fill: c };
  const pairs = Array.from({ length: 5 }, (_, index) => {
    const y = 176 - index * 33;
    const reach = 56 + random() * 26;
    const fill = index % 2 === 0 ? a : b;
    return [
      { d: `M100 ${y}C${100 + reach * 0.3} ${y - 40} ${100 + reach} ${y - 40} ${100 + reach} ${y - 44}C${100 + reach} ${y - 6} ${100 + reach * 0.5} ${y + 2} 100 ${y}Z`, fill },
      { d: `M100 ${y}C${100 - reach * 0.3} ${y - 40} ${100 - reach} ${y - 40} ${100 - reach} ${y - 44}C${100 - reach} ${y - 6} ${100 - reach * 0.5} ${y + 2} 100 ${y}Z`, fill },
    ];
  });
  return [stem, ...pairs.flat()];
}

/** A shelf of books, for a bookshop. */
function spines([, , a, b, c]: Palette, random: () => number): Shape[] {
  const shapes: Shape[] = [];
  for (let x = 14; x < 174; ) {
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
    { d: circle(first, 78, 62), fill: a, opacity: 0.92 },
    { d: circle(first + 62, 112, 56), fill: b, opacity: 0.85 },
    { d: circle(first + 22, 142, 38), fill: c, opacity: 0.88 },
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
