import { clients, loadOf } from './clients.js';

describe('clients', () => {
  it('each do one thing after the other until the time is over', async () => {
    const busy = new Set<number>();
    let most = 0;
    const load = await clients(3, 0.05, async (client) => {
      expect(busy.has(client)).toBe(false);
      busy.add(client);
      most = Math.max(most, busy.size);
      await new Promise((resolve) => setImmediate(resolve));
      busy.delete(client);
      return client !== 1;
    });
    expect(most).toBe(3);
    expect(load.failures).toBeGreaterThan(0);
    expect(load.answers).toBeGreaterThan(load.failures);
  });

  it('end with what one of them throws', async () => {
    const act = () => Promise.reject(new Error('refused'));
    await expect(clients(2, 10, act)).rejects.toThrow('refused');
  });

  it('are told of in answers a second and quantiles', () => {
    const load = loadOf([4, 1, 3, 2, 5], 20, 1);
    expect(load).toEqual({
      perSecond: 250,
      p50Ms: 3,
      p99Ms: expect.closeTo(4.96, 5),
      answers: 5,
      failures: 1,
    });
  });
});
