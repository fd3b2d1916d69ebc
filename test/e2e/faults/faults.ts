import { type DumpedBook } from '../../../src/contract/catalog.js';
import { statusOf } from '../../support/history-ledger.js';
import { callInternal } from '../../support/layout.js';
import { type BookstoreOfProcesses, type RoleInOwnProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';

/** Kills, stops and starts the processes of a bookstore, and knows which of them it has to bring back. */
export class Faults {
  private readonly killed = new Set<RoleInOwnProcess>();
  private readonly frozen = new Set<RoleInOwnProcess>();

  constructor(private readonly bookstore: BookstoreOfProcesses) {}

  async kill(...roles: RoleInOwnProcess[]): Promise<void> {
    for (const role of roles) {
      this.killed.add(role);
      this.frozen.delete(role);
    }
    await Promise.all(roles.map((role) => role.kill()));
  }

  /** Started again, and ready. */
  async restart(...roles: RoleInOwnProcess[]): Promise<void> {
    for (const role of roles) this.start(role);
    await Promise.all(roles.map((role) => role.ready()));
  }

  /** Without waiting: what else is broken may keep it from getting ready. */
  start(role: RoleInOwnProcess): void {
    role.start();
    this.killed.delete(role);
  }

  /** Stopped until all that others granted it, and it granted others, has run out. */
  async freezeBeyondLease(role: RoleInOwnProcess): Promise<void> {
    this.freeze(role);
    if (this.bookstore.catalogs.includes(role)) await this.leasesEnd(role);
    if (this.bookstore.frontEnds.includes(role)) await this.sessionsEnd();
  }

  freeze(role: RoleInOwnProcess): void {
    this.frozen.add(role);
    role.freeze();
  }

  thaw(role: RoleInOwnProcess): void {
    role.thaw();
    this.frozen.delete(role);
  }

  /** Everything runs, and is ready. */
  async heal(): Promise<void> {
    for (const role of [...this.frozen]) this.thaw(role);
    for (const role of [...this.killed]) this.start(role);
    await this.bookstore.ready();
  }

  /** No catalog that runs holds a lease of this one. */
  private async leasesEnd(catalog: RoleInOwnProcess): Promise<void> {
    const addresses = this.bookstore.catalogs.map(({ address }) => address).sort();
    const position = addresses.indexOf(catalog.address);
    await this.onEachRunning(`no lease of ${catalog.placed.name} runs`, ({ peers }) =>
      peers.every((peer) => peer.position !== position || peer.leaseRemainingMs <= 0),
    );
  }

  /** No catalog that runs has a session with a front-end that does not. */
  private async sessionsEnd(): Promise<void> {
    const running = this.bookstore.frontEnds.filter((frontEnd) => this.runs(frontEnd)).length;
    await this.onEachRunning('their sessions are over', ({ sessions }) => sessions.length <= running);
  }

  private async onEachRunning(
    what: string,
    condition: (status: NonNullable<Awaited<ReturnType<typeof statusOf>>>) => boolean,
  ): Promise<void> {
    for (const catalog of this.bookstore.catalogs.filter((each) => this.runs(each))) {
      await until(`${catalog.placed.name}: ${what}`, async () => {
        const status = await statusOf(catalog);
        return status !== null && condition(status);
      });
    }
  }

  private runs(role: RoleInOwnProcess): boolean {
    return !this.killed.has(role) && !this.frozen.has(role);
  }
}

/** What a catalog holds, without the marks, which come and go. */
export async function dumpOf(catalog: RoleInOwnProcess): Promise<Omit<DumpedBook, 'valid'>[]> {
  const answer = await callInternal(catalog.address, '/dump?limit=1000');
  if (!answer.ok) throw new Error(`${catalog.placed.name}: ${answer.status} ${await answer.text()}`);
  return ((await answer.json()) as DumpedBook[]).map(({ valid: _, ...book }) => book);
}

/** All catalogs hold the same books, at the same sequence numbers. */
export async function untilEqual(
  catalogs: readonly RoleInOwnProcess[],
): Promise<Omit<DumpedBook, 'valid'>[]> {
  return until('all catalogs hold the same', async () => {
    const [first, ...others] = await Promise.all(catalogs.map(dumpOf));
    const text = JSON.stringify(first);
    return first !== undefined && others.every((other) => JSON.stringify(other) === text) ? first : null;
  });
}
