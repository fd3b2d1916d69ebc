import { answerTo, type ProcessTrace } from './events.js';
import { mergeTraces } from './merge-traces.js';
import { silentProcesses } from './silent-processes.js';

const words = (kind: string) => ({ kind, sequenceNumber: null, ballot: null, note: null });

describe('silentProcesses', () => {
  const catalog: ProcessTrace = {
    address: 'catalog',
    events: [
      { kind: 'sent', at: 10, messageId: 'lock', to: 'database', words: words('query') },
      { kind: 'received', at: 12, messageId: answerTo('lock'), note: '1 row' },
      { kind: 'sent', at: 13, messageId: 'commit', to: 'database', words: words('query') },
      { kind: 'failed', at: 20, messageId: 'commit', reason: 'lost' },
    ],
  };

  it('has a database take part, though it says nothing itself', () => {
    const messages = mergeTraces([catalog, ...silentProcesses([catalog])]);
    expect(messages.map(({ from, to, words: { kind, note } }) => [from, to, kind, note])).toEqual([
      ['catalog', 'database', 'query', null],
      ['database', 'catalog', 'answer', '1 row'],
      ['catalog', 'database', 'query', null],
    ]);
    expect(messages[1]).toMatchObject({ sentMs: 2, receivedMs: 2 });
    expect(messages[2]).toMatchObject({ receivedMs: null, failure: 'lost' });
  });

  it('leaves those alone who record what they heard', () => {
    expect(silentProcesses([catalog, { address: 'database', events: [] }])).toEqual([]);
  });
});
