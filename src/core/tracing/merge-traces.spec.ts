import { answerTo, CLIENT, type MessageWords, type ProcessTrace, type TraceEvent } from './events.js';
import { mergeTraces } from './merge-traces.js';

const words = (kind: string): MessageWords => ({ kind, sequenceNumber: null, ballot: null, note: null });
const sent = (at: number, messageId: string, to: string | null): TraceEvent => ({
  kind: 'sent',
  at,
  messageId,
  to,
  words: words(messageId),
});
const received = (at: number, messageId: string, note: string | null = null): TraceEvent => ({
  kind: 'received',
  at,
  messageId,
  note,
});

/** A sale: client to front-end to catalog, which updates a peer; each process's clock is off by its own amount. */
function sale(offsets: Readonly<Record<string, number>>): ProcessTrace[] {
  const trace = (address: string, ...events: TraceEvent[]): ProcessTrace => ({
    address,
    events: events.map((event) => ({ ...event, at: event.at + (offsets[address] ?? 0) })),
  });
  return [
    trace(CLIENT, sent(0, 'buy', 'front'), received(11, answerTo('buy'))),
    trace(
      'front',
      received(1, 'buy'),
      sent(2, 'sale', 'catalog'),
      received(10, answerTo('sale'), 'sold'),
      sent(10.5, answerTo('buy'), null),
    ),
    trace(
      'catalog',
      received(3, 'sale'),
      sent(4, 'update', 'peer'),
      received(7, 'ok'),
      sent(8, 'commit', 'peer'),
      sent(9, answerTo('sale'), null),
    ),
    trace('peer', received(5, 'update'), sent(6, 'ok', 'catalog'), received(9, 'commit')),
  ];
}

const ORDER = ['buy', 'sale', 'update', 'ok', 'commit', answerTo('sale'), answerTo('buy')];

describe('mergeTraces', () => {
  it('puts messages in the order of their causes, with who sent them to whom', () => {
    const messages = mergeTraces(sale({}));
    expect(messages.map(({ messageId }) => messageId)).toEqual(ORDER);
    expect(messages.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'client front',
      'front catalog',
      'catalog peer',
      'peer catalog',
      'catalog peer',
      'catalog front',
      'front client',
    ]);
    expect(messages[2]).toMatchObject({ sentMs: 4, receivedMs: 5 });
    expect(messages[5]?.words.note).toBe('sold');
  });

  it.each<Record<string, number>>([
    { catalog: 60_000 },
    { catalog: -3_600_000, peer: 500 },
    { front: 250, peer: -90_000 },
  ])('does so whatever the clocks say: %j', (offsets) => {
    const messages = mergeTraces(sale(offsets));
    expect(messages.map(({ messageId }) => messageId)).toEqual(ORDER);
    for (const { sentMs, receivedMs } of messages) {
      expect(receivedMs).toBeGreaterThanOrEqual(sentMs);
      expect(receivedMs).toBeLessThanOrEqual(11.001);
    }
  });

  it('shows a message that did not arrive, and why no answer came', () => {
    const failed: TraceEvent = {
      kind: 'failed',
      at: 9,
      messageId: 'sale',
      reason: 'lost: no answer in time',
    };
    const [, lost] = mergeTraces([
      { address: CLIENT, events: [sent(0, 'buy', 'front')] },
      { address: 'front', events: [received(1, 'buy'), sent(2, 'sale', 'catalog'), failed] },
    ]);
    expect(lost).toMatchObject({ to: 'catalog', receivedMs: null, failure: 'lost: no answer in time' });
  });

  it('takes a message that came twice as come the first time', () => {
    const [only] = mergeTraces([
      { address: CLIENT, events: [sent(0, 'buy', 'front')] },
      { address: 'front', events: [received(1, 'buy'), received(5, 'buy')] },
    ]);
    expect(only?.receivedMs).toBe(1);
  });

  it('has nothing to show when nothing was recorded', () => {
    expect(mergeTraces([])).toEqual([]);
    expect(mergeTraces([{ address: CLIENT, events: [] }])).toEqual([]);
  });
});
