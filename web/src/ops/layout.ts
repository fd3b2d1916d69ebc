import { type Named, type Tier } from './names.js';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: ReadonlyMap<string, Box>;
  /** Path from one process to one further down the way of a request. */
  readonly link: (from: Box, to: Box) => string;
  /** Path between two of the same kind, outside of both. */
  readonly arc: (from: Box, to: Box) => string;
}

const TIERS: readonly Tier[] = ['front-end', 'order', 'catalog'];

const WIDE = { width: 1120, box: { width: 232, height: 96 }, row: 122, columns: [0, 416, 782], arcs: 106 };

/** Clients to the left, copies to the right: the way of a request. */
export function layOutWide(processes: readonly Named[]): Layout {
  const tiers = TIERS.map((tier) => processes.filter((process) => process.tier === tier));
  const rows = Math.max(1, ...tiers.map(({ length }) => length));
  const height = rows * WIDE.row;
  const boxes = new Map<string, Box>();
  tiers.forEach((tier, column) =>
    tier.forEach(({ seen }, index) => {
      const middle = height / 2 + (index - (tier.length - 1) / 2) * WIDE.row;
      boxes.set(seen.address, {
        ...WIDE.box,
        x: (WIDE.columns[column] ?? 0) + 2,
        y: middle - WIDE.box.height / 2,
      });
    }),
  );
  return {
    width: WIDE.width,
    height,
    boxes,
    link: (from, to) => {
      const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
      const [x2, y2] = [to.x, to.y + to.height / 2];
      const bend = (x2 - x1) * 0.45;
      return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    },
    arc: (from, to) => {
      const x = from.x + from.width;
      const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
      const reach = x + Math.min(WIDE.arcs, 34 + Math.abs(y2 - y1) * 0.3);
      return `M${x} ${y1}C${reach} ${y1} ${reach} ${y2} ${x} ${y2}`;
    },
  };
}

const NARROW = { width: 372, gap: 10, height: 98, row: 110, tierGap: 62, most: 3, arcs: 54 };

/** The same from top to bottom, for a phone. */
export function layOutNarrow(processes: readonly Named[]): Layout {
  const boxes = new Map<string, Box>();
  let y = 2;
  for (const tier of TIERS) {
    const members = processes.filter((process) => process.tier === tier);
    const columns = Math.min(NARROW.most, Math.max(1, members.length));
    const width = (NARROW.width - 4 - (columns - 1) * NARROW.gap) / columns;
    members.forEach(({ seen }, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      const x = 2 + column * (width + NARROW.gap);
      boxes.set(seen.address, { x, y: y + row * NARROW.row, width, height: NARROW.height });
    });
    y += Math.ceil(members.length / columns) * NARROW.row - (NARROW.row - NARROW.height) + NARROW.tierGap;
  }
  return {
    width: NARROW.width,
    height: y,
    boxes,
    link: (from, to) => {
      const [x1, y1] = [from.x + from.width / 2, from.y + from.height];
      const [x2, y2] = [to.x + to.width / 2, to.y];
      const bend = (y2 - y1) * 0.5;
      return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
    },
    arc: (from, to) => {
      const y1 = from.y + from.height;
      const [x1, x2] = [from.x + from.width / 2, to.x + to.width / 2];
      const reach = y1 + Math.min(NARROW.arcs, 16 + Math.abs(x2 - x1) * 0.16);
      return `M${x1} ${y1}C${x1} ${reach} ${x2} ${reach} ${x2} ${y1}`;
    },
  };
}
