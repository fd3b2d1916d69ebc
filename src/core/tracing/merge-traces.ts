import { alignClocks } from './align-clocks.js';
import { type Address, type ProcessTrace, requestOf, type TracedMessage, type TraceEvent } from './events.js';

type Sent = Extract<TraceEvent, { kind: 'sent' }>;

interface Draft {
  readonly sent: Sent;
  readonly from: Address;
  readonly sentAt: number;
  received: { readonly by: Address; readonly at: number; readonly note: string | null } | null;
  failure: string | null;
  /** Messages that its sender had sent or heard before it. */
  readonly after: string[];
}

/**
 * The messages of one request in an order that causality allows: each comes after all that its sender had sent or heard before. Among those
 * that are free to come, the earliest by aligned clocks does. The first trace is of who began.
 */
export function mergeTraces(traces: readonly ProcessTrace[]): TracedMessage[] {
  const offsets = alignClocks(traces);
  const drafts = draftsOf(traces, offsets);
  hearReceivers(traces, offsets, drafts);
  const beganAt = Math.min(...[...drafts.values()].map(({ sentAt }) => sentAt));
  return inCausalOrder(drafts).map((draft) => {
    const { sent, from, received, failure } = draft;
    const { messageId, words } = sent;
    const request = requestOf(messageId);
    const asker = request === null ? undefined : drafts.get(request)?.from;
    return {
      messageId,
      from,
      to: received?.by ?? sent.to ?? asker ?? from,
      words: received?.note == null ? words : { ...words, note: received.note },
      sentMs: draft.sentAt - beganAt,
      receivedMs: received === null ? null : received.at - beganAt,
      failure,
    };
  });
}

function draftsOf(
  traces: readonly ProcessTrace[],
  offsets: ReadonlyMap<Address, number>,
): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const { address, events } of traces) {
    let before: string[] = [];
    for (const event of events) {
      if (event.kind === 'received') before.push(event.messageId);
      if (event.kind !== 'sent') continue;
      const sentAt = event.at + (offsets.get(address) ?? 0);
      drafts.set(event.messageId, {
        sent: event,
        from: address,
        sentAt,
        received: null,
        failure: null,
        after: before,
      });
      before = [event.messageId];
    }
  }
  return drafts;
}

function hearReceivers(
  traces: readonly ProcessTrace[],
  offsets: ReadonlyMap<Address, number>,
  drafts: ReadonlyMap<string, Draft>,
): void {
  for (const { address, events } of traces) {
    for (const event of events) {
      const draft = drafts.get(event.messageId);
      if (draft === undefined || event.kind === 'sent') continue;
      if (event.kind === 'failed') draft.failure = event.reason;
      // A message that came twice came when it first did.
      else {
        draft.received ??= { by: address, at: event.at + (offsets.get(address) ?? 0), note: event.note };
      }
    }
  }
}

function inCausalOrder(drafts: ReadonlyMap<string, Draft>): Draft[] {
  const waiting = new Map([...drafts].sort(([, a], [, b]) => a.sentAt - b.sentAt));
  const ordered: Draft[] = [];
  while (waiting.size > 0) {
    const free = [...waiting].find(([, { after }]) => !after.some((id) => waiting.has(id)));
    // What processes say of themselves cannot be circular; should it be, the earliest goes first.
    const next = free ?? [...waiting][0];
    if (next === undefined) break;
    waiting.delete(next[0]);
    ordered.push(next[1]);
  }
  return ordered;
}
