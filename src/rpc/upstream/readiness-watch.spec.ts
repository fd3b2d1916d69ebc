import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { type CallResult } from '../../contract/call.js';
import { type ReadinessNews } from '../../contract/watching.js';
import { type LinkListener } from '../link.js';
import { ReadinessWatch } from './readiness-watch.js';

const answered = (state: ReadinessNews['state']): CallResult<ReadinessNews> => ({
  kind: 'answered',
  answer: { state },
});

/** Looks for four seconds and a bit. */
async function watch(
  result: CallResult<ReadinessNews>,
  during?: (line: LinkListener, at: VirtualClock) => void,
) {
  const clock = new VirtualClock();
  const asked: number[] = [];
  const told: string[] = [];
  const listeners: LinkListener[] = [];
  const link = {
    other: null,
    keep: () => undefined,
    listen: (listener: LinkListener) => void listeners.push(listener),
    call: () => {
      asked.push(clock.now);
      return Promise.resolve(result);
    },
  };
  const watch = new ReadinessWatch(link as never, clock, (found) => told.push(`${clock.now} ${found}`));
  watch.start();
  const [listener] = listeners;
  if (listener !== undefined) during?.(listener, clock);
  clock.after(4_500, () => watch.stop());
  await clock.run();
  return { asked, told };
}

describe('ReadinessWatch', () => {
  it.each(['ready', 'not ready', 'stopping'] as const)('takes %s as it is said', async (state) => {
    expect((await watch(answered(state))).told).toContain(`1000 ${state}`);
  });

  it('takes one of another release that does not know the question for ready', async () => {
    expect((await watch({ kind: 'not understood', reason: 'x' })).told[0]).toBe('1000 ready');
  });

  it.each(['refused', 'lost', 'overloaded'] as const)('has the line tell when it is %s', async (kind) => {
    expect((await watch({ kind, reason: 'x' })).told).toEqual([]);
  });

  it('looks each second, until it is stopped', async () => {
    expect((await watch(answered('ready'))).asked).toEqual([1_000, 2_000, 3_000, 4_000]);
  });

  it('looks at once when a connection stands, and then a second later', async () => {
    const { asked } = await watch(answered('ready'), (line, clock) => {
      clock.after(1_500, () => line.found?.('there'));
    });
    expect(asked).toEqual([1_000, 1_500, 2_500, 3_500]);
  });

  it('tells at once what the line finds', async () => {
    const { told } = await watch({ kind: 'refused', reason: 'x' }, (line, clock) => {
      clock.after(10, () => line.found?.('silent'));
      clock.after(20, () => line.found?.('refused'));
      clock.after(30, () => line.leaving?.());
    });
    expect(told).toEqual(['10 silent', '20 refused', '30 stopping']);
  });
});
