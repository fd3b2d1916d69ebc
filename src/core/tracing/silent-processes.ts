import { type Address, answerTo, type MessageWords, type ProcessTrace, type TraceEvent } from './events.js';

const ANSWER_WORDS: MessageWords = { kind: 'answer', sequenceNumber: null, ballot: null, note: null };

/**
 * Traces of those who were asked and record nothing, as a database: as whoever asked them has it, by whose clock each had the question when it was
 * sent, and answered when that was heard.
 */
export function silentProcesses(traces: readonly ProcessTrace[]): ProcessTrace[] {
  const recording = new Set(traces.map(({ address }) => address));
  const silent = new Map<Address, TraceEvent[]>();
  for (const { events } of traces) {
    const heardAt = new Map(
      events.flatMap(({ kind, messageId, at }) => (kind === 'received' ? [[messageId, at] as const] : [])),
    );
    for (const event of events) {
      if (event.kind !== 'sent' || event.to === null || recording.has(event.to)) continue;
      const { at, messageId, to } = event;
      const answeredAt = heardAt.get(answerTo(messageId));
      // No answer: nobody knows whether it was ever asked.
      if (answeredAt === undefined) continue;
      const all = silent.get(to) ?? [];
      all.push({ kind: 'received', at, messageId, note: null });
      all.push({
        kind: 'sent',
        at: answeredAt,
        messageId: answerTo(messageId),
        to: null,
        words: ANSWER_WORDS,
      });
      silent.set(to, all);
    }
  }
  return [...silent].map(([address, events]) => ({
    address,
    events: events.sort((one, other) => one.at - other.at),
  }));
}
