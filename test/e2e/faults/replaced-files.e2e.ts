import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { filesOf, pathOf, statusOf } from '../../support/history-ledger.js';
import { type RoleInOwnProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { dumpOf, untilEqual } from './faults.js';
import { faultsFound } from './judgement.js';
import { expectAllWell, SOME, underLoad, type UnderLoad } from './under-load.js';

describe("a bookstore of processes of which a catalog's file is replaced, under buyers and readers", () => {
  let load: UnderLoad;
  underLoad(4, (begun) => (load = begun));

  const identity = async (catalog: RoleInOwnProcess) => (await statusOf(catalog))?.replicaId;

  it('takes a catalog whose file was deleted as a new one, which votes only when it has learned from all', async () => {
    const { bookstore, faults, clients, history, catalogs } = load;
    const [a, b, c] = catalogs;
    const before = await identity(c);
    await faults.kill(c);
    filesOf(pathOf(c)).forEach((file) => rmSync(file));
    await clients.more(SOME);
    await clients.stop();
    faults.freeze(b);
    faults.start(c);
    // It hears of A, and A of it; together they would be a majority.
    await until('the new one has heard of the one that runs', async () => {
      const status = await statusOf(c);
      return status?.peers.some(({ replicaId, healthy }) => replicaId !== null && healthy);
    });
    const buy = await fetch(`${bookstore.frontEnds[0]?.address}/buy/4`, { method: 'PUT' });
    expect({ status: buy.status, ...((await buy.json()) as object) }).toMatchObject({ status: 504 });
    expect(await statusOf(c)).toMatchObject({ joined: false, ready: false });
    expect(await identity(c)).not.toBe(before);

    faults.thaw(b);
    await c.ready();
    expect(await statusOf(c)).toMatchObject({ joined: true, ready: true });
    expect(await untilEqual(catalogs)).toEqual(await dumpOf(a));
    expect(await faultsFound(bookstore, clients, history)).toEqual([]);
  }, 300_000);

  it('takes a catalog whose file was put back from a copy as a new one', async () => {
    const { faults, clients, catalogs } = load;
    const [, , c] = catalogs;
    await faults.kill(c);
    const copies = filesOf(pathOf(c)).map((file) => [file, readFileSync(file)] as const);
    await faults.restart(c);
    const before = await identity(c);
    await clients.more(SOME);
    await faults.kill(c);
    filesOf(pathOf(c)).forEach((file) => rmSync(file));
    copies.forEach(([file, content]) => writeFileSync(file, content));
    await faults.restart(c);
    expect(await identity(c)).not.toBe(before);
    await expectAllWell(load);
  }, 300_000);
});
