import { type Address, type ProcessTrace } from './events.js';

/** Clocks of one machine, read by several processes, agree no better than that. */
const NOISE_MS = 2;

interface Bounds {
  least: number;
  most: number;
}

/**
 * Milliseconds to add to each process's times so that no message arrives before it was sent, reckoned from the first process on. Two processes
 * that exchanged messages both ways bound the offset between them, as in NTP; within the bounds their own clocks are believed.
 */
export function alignClocks(traces: readonly ProcessTrace[]): Map<Address, number> {
  const crossings = crossingsOf(traces);
  const [first] = traces;
  const offsets = new Map<Address, number>(first === undefined ? [] : [[first.address, 0]]);
  let placed: ReadonlyMap<Address, number>;
  do {
    // Each round places those that are linked to what is placed already.
    placed = new Map(offsets);
    for (const { address } of traces) if (!placed.has(address)) place(address, placed, crossings, offsets);
  } while (placed.size < offsets.size);
  for (const { address } of traces) if (!offsets.has(address)) offsets.set(address, 0);
  return offsets;
}

interface Crossing {
  readonly from: Address;
  readonly to: Address;
  readonly sentAt: number;
  readonly receivedAt: number;
}

function place(
  address: Address,
  placed: ReadonlyMap<Address, number>,
  crossings: readonly Crossing[],
  offsets: Map<Address, number>,
): void {
  const bounds: Bounds = { least: -Infinity, most: Infinity };
  let isLinked = false;
  for (const { from, to, sentAt, receivedAt } of crossings) {
    const [senderOffset, receiverOffset] = [placed.get(from), placed.get(to)];
    if (to === address && senderOffset !== undefined) {
      bounds.least = Math.max(bounds.least, sentAt + senderOffset - receivedAt);
      isLinked = true;
    } else if (from === address && receiverOffset !== undefined) {
      bounds.most = Math.min(bounds.most, receivedAt + receiverOffset - sentAt);
      isLinked = true;
    }
  }
  if (isLinked) offsets.set(address, within(bounds));
}

function within({ least, most }: Bounds): number {
  const nearest = Math.max(least, Math.min(most, 0));
  if (Math.abs(nearest) <= NOISE_MS || least === -Infinity || most === Infinity) return nearest;
  return (least + most) / 2;
}

function crossingsOf(traces: readonly ProcessTrace[]): Crossing[] {
  const sent = new Map<string, { from: Address; at: number }>();
  for (const { address, events } of traces) {
    for (const event of events) {
      if (event.kind === 'sent') sent.set(event.messageId, { from: address, at: event.at });
    }
  }
  return traces.flatMap(({ address, events }) =>
    events.flatMap((event) => {
      const sending = event.kind === 'received' ? sent.get(event.messageId) : undefined;
      if (sending === undefined) return [];
      return [{ from: sending.from, to: address, sentAt: sending.at, receivedAt: event.at }];
    }),
  );
}
