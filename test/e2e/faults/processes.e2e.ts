import { expectAllWell, SOME, underLoad, type UnderLoad } from './under-load.js';

describe('a bookstore of processes, under buyers and readers', () => {
  let load: UnderLoad;
  underLoad(1, (begun) => (load = begun));

  it('keeps its promise while catalogs are killed, stopped and started', async () => {
    const { faults, clients, catalogs } = load;
    const [a, b, c] = catalogs;
    await faults.kill(a);
    await clients.more(SOME);
    await faults.restart(a);
    await faults.freezeBeyondLease(b);
    await clients.more(SOME);
    faults.thaw(b);
    await clients.more(SOME);
    await faults.freezeBeyondLease(c);
    await faults.kill(c);
    await clients.more(SOME);
    await faults.restart(c);
    // Two at once: nothing can be acknowledged before one is back, and nothing is said that is not so.
    faults.freeze(a);
    await faults.kill(b);
    faults.start(b);
    faults.thaw(a);
    await clients.more(SOME);
    await expectAllWell(load);
  }, 300_000);

  it('keeps its promise while order servers and front-ends are killed, stopped and started', async () => {
    const { faults, clients, catalogs, orders, frontEnds } = load;
    await faults.kill(orders[0]);
    await clients.more(SOME);
    faults.freeze(orders[1]);
    await faults.restart(orders[0]);
    await clients.more(SOME);
    faults.thaw(orders[1]);
    await faults.freezeBeyondLease(frontEnds[0]);
    await clients.more(SOME);
    faults.thaw(frontEnds[0]);
    await faults.kill(frontEnds[1], catalogs[0]);
    await clients.more(SOME);
    await faults.restart(frontEnds[1], catalogs[0]);
    await expectAllWell(load);
  }, 300_000);

  it('loses nothing acknowledged when all catalogs are killed at once', async () => {
    const { faults, catalogs } = load;
    await faults.kill(...catalogs);
    await faults.restart(...catalogs);
    await expectAllWell(load);
  }, 300_000);
});
