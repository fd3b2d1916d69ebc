import { type FollowedRequest, type TracedMessage } from './types.js';

/** Where everything of a sequence diagram stands. */
export interface Diagram {
  readonly width: number;
  readonly height: number;
  readonly headWidth: number;
  /** Room for the times. */
  readonly gutter: number;
  readonly lanes: readonly { readonly address: string; readonly name: string; readonly x: number }[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly message: TracedMessage;
  readonly y: number;
  readonly fromX: number;
  readonly toX: number;
  /** Where its text stands: over the middle of the arrow. */
  readonly textX: number;
  readonly family: Family;
  readonly label: string;
}

export type Family = 'call' | 'check' | 'update' | 'commit' | 'conflict' | 'hop' | 'invalidate';

export const HEAD = { top: 8, height: 40 };
const WIDE = { head: 122, lane: 152, gutter: 78 };
const NARROW = { head: 92, lane: 100, gutter: 62 };
const FIRST_ROW = 92;
const ROW = 46;

/** Lanes from the client to the catalogs, a row for each message in causal order. */
export function diagramOf({ processes, messages }: FollowedRequest, narrow: boolean): Diagram {
  const { head, lane, gutter } = narrow ? NARROW : WIDE;
  const lanes = processes.map(({ address, name }, index) => ({
    address,
    name,
    x: gutter + head / 2 + index * lane,
  }));
  const xOf = (address: string): number => lanes.find((lane) => lane.address === address)?.x ?? 0;
  const rows = messages.map((message, index): Row => {
    const [fromX, toX] = [xOf(message.from), xOf(message.to)];
    return {
      message,
      y: FIRST_ROW + index * ROW,
      fromX,
      toX,
      textX: (fromX + toX) / 2,
      family: familyOf(message),
      label: labelOf(message),
    };
  });
  return {
    width: gutter + head + Math.max(0, lanes.length - 1) * lane + 8,
    headWidth: head,
    gutter,
    height: FIRST_ROW + Math.max(1, messages.length) * ROW,
    lanes,
    rows,
  };
}

function familyOf({ words: { kind } }: TracedMessage): Family {
  switch (kind) {
    case 'check':
    case 'check ok':
      return 'check';
    case 'update':
    case 'update ok':
      return 'update';
    case 'commit':
      return 'commit';
    case 'conflict':
    case 'behind':
    case 'update committed':
      return 'conflict';
    case 'get':
    case 'got':
    case 'fetch':
    case 'fetched':
    case 'forward':
    case 'forwarded':
      return 'hop';
    case 'invalidate':
      return 'invalidate';
    default:
      return 'call';
  }
}

/** Those of the protocol by the words of the original's figures. */
const LABELS: Readonly<Record<string, string>> = {
  'check ok': 'ok',
  'update ok': 'ok',
  get: 'hop',
  got: 'copy',
};

function labelOf({ words: { kind, sequenceNumber, note } }: TracedMessage): string {
  if (kind === 'answer') return note ?? 'answer';
  const label = LABELS[kind] ?? kind;
  return sequenceNumber === null ? label : `${label} ${sequenceNumber}`;
}

export function formatMs(ms: number): string {
  return ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(1)} ms`;
}
