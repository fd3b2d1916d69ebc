import { monotonic } from '../clocks.js';
import { Steps, type Task } from './steps.js';
import { type MonotonicMs } from './types.js';

const changed = (bookId: number): Task => ({ kind: 'changed', bookId });

describe('the steps of a replica', () => {
  let nowMs: number;
  let wallMs: number;
  let done: unknown[];
  let steps: Steps;
  beforeEach(() => {
    [nowMs, wallMs, done] = [100, 5_000, []];
    const clock = {
      monotonicMs: () => monotonic(nowMs),
      wallClockMs: () => wallMs,
      after: () => () => undefined,
    };
    const handle = (task: Task): void => {
      done.push(task);
      if (task.kind === 'changed' && task.bookId === 1) steps.leave(changed(11));
    };
    steps = new Steps(clock, handle, true);
  });

  it('have one time each', () => {
    const times: MonotonicMs[] = [];
    steps.take(() => {
      times.push(steps.now);
      nowMs += 5;
      times.push(
        steps.now,
        steps.take(() => steps.now),
      );
    });
    expect([...times, steps.now]).toEqual([100, 100, 100, 105]);
  });

  it('do what was left in order, at their end or where they say so, and what that leaves after it', () => {
    steps.take(() => {
      steps.leave(changed(1));
      steps.take(() => steps.leave(changed(2)));
      expect(done).toEqual([]);
      steps.drain();
      steps.leave(changed(3));
      expect(done).toEqual([changed(1), changed(2), changed(11)]);
    });
    expect(done.slice(3)).toEqual([changed(3)]);
  });

  it('begin with the news that the machine was suspended (R3)', () => {
    steps.take(() => undefined);
    wallMs += 60_000;
    steps.take(() => void done.push('begun'));
    steps.take(() => undefined);
    expect(done).toEqual([{ kind: 'suspended' }, 'begun']);
  });

  it('leave nothing to the next when they throw, and nothing is left between them', () => {
    const broken = (): never => {
      steps.leave(changed(1));
      throw new Error('a full disk');
    };
    expect(() => steps.take(broken)).toThrow('a full disk');
    steps.take(() => undefined);
    expect(done).toEqual([]);
    expect(() => steps.leave(changed(1))).toThrow("'changed' is left in a step");
  });
});
