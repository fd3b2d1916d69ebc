import 'reflect-metadata';
import { SystemClock } from './clock.js';

describe('SystemClock', () => {
  const clock = new SystemClock();

  it('never fires before its time', async () => {
    const early = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const dueAt = clock.monotonicMs() + index / 3;
        return new Promise<boolean>((resolve) =>
          clock.after(index / 3, () => resolve(clock.monotonicMs() < dueAt)),
        );
      }),
    );
    expect(early).not.toContain(true);
  });

  it('does not fire once cancelled', async () => {
    const fired: string[] = [];
    const cancel = clock.after(1, () => fired.push('cancelled'));
    cancel();
    await new Promise<void>((resolve) => clock.after(5, resolve));
    expect(fired).toEqual([]);
  });
});
