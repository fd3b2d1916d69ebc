import { LoopDelay } from './loop-delay.js';

/** Takes the event loop for that long. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

async function sampled(delay: LoopDelay, blockMs: number): Promise<void> {
  delay.sample();
  block(blockMs);
  await new Promise((resolve) => setTimeout(resolve, 25));
}

describe('LoopDelay', () => {
  it('has seen nothing while nothing was asked', async () => {
    const delay = new LoopDelay();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(delay.take()).toEqual({ samples: 0, leastMs: 0 });
  });

  it('takes the least of a standing delay, and begins anew', async () => {
    const delay = new LoopDelay();
    for (const blockMs of [200, 120, 200]) await sampled(delay, blockMs);
    const { samples, leastMs } = delay.take();
    expect(samples).toBe(3);
    expect(leastMs).toBeGreaterThanOrEqual(99);
    expect(delay.take()).toEqual({ samples: 0, leastMs: 0 });
  });

  it('takes one sample at a time, however much is asked', async () => {
    const delay = new LoopDelay();
    for (let asked = 0; asked < 1_000; asked += 1) delay.sample();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(delay.take().samples).toBe(1);
  });
});
