import { monotonic } from '../../core/clocks.js';
import { type CatalogReplica, type ReplicaStatus } from '../../core/replication/api.js';
import { type Envelope } from '../../core/replication/messages.js';
import { NO_PAST, type Identity, type ReplicaPorts } from '../../core/replication/ports.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { OtherNumber, SharedIdentity } from '../../core/replication/identities.js';
import { StartError } from '../../runtime/start-error.js';
import { CATALOGUE, type Operation } from '../../core/replication/types.js';
import { type RecoverableStore, ReplicaHost } from './replica.host.js';
import { LAST_SEED_OPERATION_ID, SEED_OPERATIONS } from './seed-books.js';

const OPTIONS = {
  leaseMs: 500,
  requestTimeoutMs: 1_000,
  whereabouts: { addresses: ['http://a', 'http://b'], database: '/data/a.sqlite' },
};
const SALE: Operation = { kind: 'sale', operationId: 'buy:1', copies: 1, expectedPriceCents: null };
const DECIDED: Extract<SubmitResult, { kind: 'decided' }> = {
  kind: 'decided',
  operation: SALE,
  outcome: { kind: 'out of stock' },
  entryNumber: 3,
  bookId: 1,
  sequenceNumber: 3,
  book: null,
};
const ENVELOPE: Envelope = {
  from: 'peer',
  fromStart: 1,
  fromPosition: 1,
  to: null,
  body: { kind: 'farewell', life: 'x' },
};

class ManualClock {
  now = 0;
  private timers: { at: number; action: () => void }[] = [];

  monotonicMs = () => monotonic(this.now);
  wallClockMs = (): number => 1_000_000 + this.now;
  after = (delayMs: number, action: () => void): (() => void) => {
    const timer = { at: this.now + delayMs, action };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  };

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      const next = this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.now = next.at;
      this.timers = this.timers.filter((timer) => timer !== next);
      next.action();
      await settle();
    }
    this.now = end;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
}

/** One core of the test's own: it answers when told, and fails when told. */
class FakeCore {
  ready = true;
  started = false;
  halted = false;
  readonly submitted: Operation[] = [];
  readonly answers: ((result: SubmitResult) => void)[] = [];
  readonly received: Envelope[] = [];
  receiveError: Error | undefined;
  leaves = true;

  constructor(
    readonly ports: ReplicaPorts,
    /** Seeds are decided at once. */
    private readonly seeded: (operation: Operation) => void,
  ) {}

  start = (): void => {
    this.started = true;
    const before = this.ports.store.identity();
    const startNumber = (before?.startNumber ?? 0) + 1;
    this.ports.store.saveIdentity({
      replicaId: 'r',
      startNumber,
      joined: true,
      grantsEnded: false,
      alone: false,
      past: NO_PAST,
    });
  };
  halt = (): void => {
    this.halted = true;
  };
  leave = (done: () => void): void => {
    if (this.leaves) done();
  };
  receive = (envelope: Envelope): void => {
    if (this.receiveError !== undefined) throw this.receiveError;
    this.received.push(envelope);
  };
  submit = (
    bookId: number,
    operation: Operation,
    _timeoutMs: number,
    done: (result: SubmitResult) => void,
  ): void => {
    this.submitted.push(operation);
    if (bookId !== CATALOGUE) {
      this.answers.push(done);
      return;
    }
    this.seeded(operation);
    done({ ...DECIDED, operation });
  };
  status = (): ReplicaStatus => ({ ready: this.ready }) as ReplicaStatus;
}

function setUp({ position = 0 } = {}) {
  const clock = new ManualClock();
  const cores: FakeCore[] = [];
  const ledger = new Set<string>();
  const sent: Envelope[] = [];
  const warnings: string[] = [];
  let identity: Identity | undefined;
  let syncDone: ((error?: Error) => void) | undefined;
  const disk = { failsToRecover: false, recoveries: 0 };
  const store = {
    identity: () => identity,
    saveIdentity: (saved: Identity) => {
      identity = saved;
    },
    commit: () => undefined,
    operation: (operationId: string) =>
      ledger.has(operationId) ? { bookId: 0, sequenceNumber: 1 } : undefined,
    sync: (done: (error?: Error) => void) => {
      syncDone = done;
    },
    recover: () => {
      disk.recoveries++;
      if (disk.failsToRecover) throw new Error('database or disk is full');
    },
  } as unknown as RecoverableStore;
  const endings: string[] = [];
  const host = new ReplicaHost(
    (ports) => {
      const core = new FakeCore(ports, ({ operationId }) => ledger.add(operationId));
      cores.push(core);
      return core as unknown as CatalogReplica;
    },
    {
      clock,
      store,
      random: { fraction: () => 0.5, token: () => 'token' },
      network: { send: (_to, envelope) => sent.push(envelope), invalidate: () => undefined },
    },
    { ...OPTIONS, position, giveUp: ({ message }) => endings.push(message) },
    { log: () => undefined, warn: (message) => warnings.push(message) },
  );
  const core = (): FakeCore => {
    const last = cores.at(-1);
    if (last === undefined) throw new Error('no core was started');
    return last;
  };
  const started = async () => {
    host.start();
    await clock.pass(0);
  };
  return {
    host,
    warnings,
    endings,
    clock,
    cores,
    core,
    ledger,
    disk,
    sent,
    started,
    sync: (error?: Error) => syncDone?.(error),
  };
}

describe('ReplicaHost', () => {
  it('plants the first books in order, then is ready', async () => {
    const { host, core, clock } = setUp();
    host.start();
    expect(host.ready()).toBe(false);
    await clock.pass(0);
    expect(core().submitted).toEqual(SEED_OPERATIONS);
    expect(host.ready()).toBe(true);
  });

  it('plants nothing when the last of them is in the ledger', async () => {
    const { host, core, ledger, started } = setUp();
    ledger.add(LAST_SEED_OPERATION_ID);
    await started();
    expect(core().submitted).toEqual([]);
    expect(host.ready()).toBe(true);
  });

  it('waits with planting until the core is ready, and for its turn', async () => {
    const { host, core, clock } = setUp({ position: 2 });
    host.start();
    core().ready = false;
    await clock.pass(1_500);
    expect(core().submitted).toEqual([]);
    core().ready = true;
    await clock.pass(50);
    expect(core().submitted).toHaveLength(7);
  });

  it('is ready before its turn once another has planted them', async () => {
    const { host, core, clock, ledger } = setUp({ position: 2 });
    host.start();
    await clock.pass(100);
    expect(host.ready()).toBe(false);
    ledger.add(LAST_SEED_OPERATION_ID);
    await clock.pass(50);
    expect(core().submitted).toEqual([]);
    expect(host.ready()).toBe(true);
  });

  it('takes no creation before the first books are planted', async () => {
    const { host, clock } = setUp({ position: 1 });
    host.start();
    const create = SEED_OPERATIONS[0] as Operation;
    expect(await host.submit(CATALOGUE, create, 100)).toEqual({ kind: 'not started', reason: 'not ready' });
    await clock.pass(500);
    expect(await host.submit(CATALOGUE, create, 100)).toMatchObject({ kind: 'decided' });
  });

  it('hands a call to the core and its answer back', async () => {
    const { host, core, started } = setUp();
    await started();
    const result = host.submit(1, SALE, 100);
    expect(host.openCallCount()).toBe(1);
    core().answers[0]?.(DECIDED);
    expect(await result).toEqual(DECIDED);
    expect(host.openCallCount()).toBe(0);
  });

  it('names the start by what the core saved last', async () => {
    const { host, started } = setUp();
    expect(host.identity()).toBeNull();
    await started();
    expect(host.identity()).toBe('r.1');
  });

  const COPIED = /^http:\/\/a and http:\/\/b have the same disk: \/data\/a\.sqlite /;
  const OF_THREE = /^CATALOG_ADDRESSES: names 2, and \/data\/a\.sqlite is of one of 3 /;
  it.each([
    ['another catalog has a copy of its disk', new SharedIdentity(1), COPIED],
    ['its disk is of another number', new OtherNumber(3), OF_THREE],
  ])('ends for good when %s, in words that name both', async (_, error, says) => {
    const { host, started, core, clock, cores, endings } = setUp();
    await started();
    core().receiveError = error;
    host.receive([ENVELOPE]);
    await clock.pass(60_000);
    expect(cores).toHaveLength(1);
    expect(endings).toEqual([expect.stringMatching(says)]);
  });

  it('ends for good when its file is gone', async () => {
    const { host, started, clock, cores, endings } = setUp();
    await started();
    host.storeFailed(new StartError('the file is gone'));
    await clock.pass(60_000);
    expect(cores).toHaveLength(1);
    expect(endings).toEqual(['the file is gone']);
    expect(host.ready()).toBe(false);
  });

  it('goes on when it hears from a copy of its disk, and says so once', async () => {
    const { host, started, core, warnings, endings } = setUp();
    await started();
    const own = { ...ENVELOPE, from: core().ports.store.identity()?.replicaId ?? '' };
    host.receive([own, own]);
    expect(warnings).toEqual([expect.stringContaining('have the same disk')]);
    expect(endings).toEqual([]);
  });

  describe.each([
    [
      'a failed sync',
      ({ core, sync }: ReturnType<typeof setUp>) => {
        core().ports.store.sync(() => undefined);
        sync(new Error('disk full'));
      },
    ],
    [
      'an error thrown by the core',
      ({ core, host }: ReturnType<typeof setUp>) => {
        core().receiveError = new Error('disk full');
        host.receive([ENVELOPE]);
      },
    ],
    [
      'an error in a timer',
      ({ core, clock }: ReturnType<typeof setUp>) => {
        core().ports.clock.after(0, () => {
          throw new Error('disk full');
        });
        void clock.pass(0);
      },
    ],
    [
      'a flush that failed later',
      ({ host }: ReturnType<typeof setUp>) => host.storeFailed(new Error('disk full')),
    ],
  ])('after %s', (_, fail) => {
    it('answers open writes as unknown and new ones as not started', async () => {
      const parts = setUp();
      await parts.started();
      const open = parts.host.submit(1, SALE, 100);
      fail(parts);
      expect(await open).toEqual({ kind: 'unknown' });
      expect(await parts.host.submit(1, SALE, 100)).toEqual({ kind: 'not started', reason: 'not ready' });
      expect(await parts.host.read(1, 100, null)).toEqual({ kind: 'unavailable' });
      expect(await parts.host.viewBehindBarrier('titles', 100, () => 1)).toBeNull();
      expect(parts.host.ready()).toBe(false);
      expect(parts.host.failure()).toBe('disk full');
    });

    it('lets the dead core hear and say nothing, and starts a new one', async () => {
      const parts = setUp();
      await parts.started();
      const dead = parts.core();
      let heard = 0;
      dead.ports.clock.after(50, () => heard++);
      fail(parts);
      dead.ports.network.send(1, ENVELOPE);
      expect(dead.halted).toBe(true);
      expect(parts.sent).toEqual([]);
      await parts.clock.pass(100);
      expect(heard).toBe(0);
      expect(parts.cores).toHaveLength(2);
      expect(parts.core().started).toBe(true);
      expect(parts.host.identity()).toBe('r.2');
      await parts.clock.pass(50);
      expect(parts.host.ready()).toBe(true);
      expect(parts.host.failure()).toBeNull();
    });
  });

  it('tries again with a growing, bounded delay while the disk fails', async () => {
    const { host, started, clock, disk, cores } = setUp();
    await started();
    disk.failsToRecover = true;
    host.storeFailed(new Error('disk full'));
    await clock.pass(100 + 200 + 400);
    expect(disk.recoveries).toBe(3);
    await clock.pass(60_000);
    const before = disk.recoveries;
    await clock.pass(5_000);
    expect(disk.recoveries).toBe(before + 1);
    expect(cores).toHaveLength(1);
    disk.failsToRecover = false;
    await clock.pass(5_000);
    expect(cores).toHaveLength(2);
    expect(host.ready()).toBe(true);
  });

  it('reports an error of the view to its caller, and lives on', async () => {
    const { host, core, started } = setUp();
    await started();
    Object.assign(core(), {
      barrier: (_w: unknown, _t: unknown, done: (result: unknown) => void) =>
        done({ kind: 'passed', cacheable: true, past: NO_PAST }),
    });
    const broken = host.viewBehindBarrier('titles', 100, () => {
      throw new Error('bad view');
    });
    await expect(broken).rejects.toThrow('bad view');
    expect(await host.viewBehindBarrier('titles', 100, () => 7)).toEqual({ seen: 7, cacheable: true });
    expect(host.ready()).toBe(true);
  });

  it('counts and reports copies that were sold and are not there', async () => {
    const { host, core, started, warnings } = setUp();
    await started();
    const sold = { kind: 'sold', orderId: 'o1', priceCents: 1, at: 0 } as const;
    const origin = { round: 1, replicaId: 'r', startNumber: 1 };
    const decided = [
      { operation: SALE, outcome: { ...sold, oversold: 2 } },
      { operation: SALE, outcome: sold },
    ];
    core().ports.store.commit(1, { sequenceNumber: 4, origin, decided }, null);
    expect(host.oversoldCopies()).toBe(2);
    expect(warnings).toEqual(['Oversold: 2 copies of an order of book 1 (entry 4) are not there']);
  });

  it('leaves when the open calls are answered, and takes no new ones', async () => {
    const { host, core, started } = setUp();
    await started();
    const open = host.submit(1, SALE, 100);
    let left = false;
    const leaving = host.leave().then(() => (left = true));
    expect(await host.submit(1, SALE, 100)).toEqual({ kind: 'not started', reason: 'not ready' });
    await settle();
    expect(left).toBe(false);
    core().answers[0]?.(DECIDED);
    await leaving;
    expect(await open).toEqual(DECIDED);
    expect(core().halted).toBe(true);
  });

  it('leaves within a bound when calls stay open and the core does not end', async () => {
    const { host, core, started, clock } = setUp();
    await started();
    core().leaves = false;
    const open = host.submit(1, SALE, 100);
    let left = false;
    void host.leave().then(() => (left = true));
    await clock.pass(1_000 + 2 * 500 + 50);
    expect(left).toBe(true);
    expect(await open).toEqual({ kind: 'unknown' });
    expect(host.status()).toBeNull();
  });
});
