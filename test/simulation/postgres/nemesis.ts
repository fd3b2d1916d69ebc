import { Prng } from '../engine/prng.js';
import { type Database } from './database.js';
import { type FrontEnd } from './front-end.js';
import { type Member } from './member.js';
import { type Fault } from './settings.js';
import { type World } from './world.js';

/** The engine ends transactions whose client says nothing for so long. */
const IDLE_LEASES = 3;
/** A standby takes over no sooner than this after its primary was cut off: later than members stop reading (P8). */
const TAKE_OVER_LEASES = 5;

/** Makes things go wrong, one after the other and at once. */
export class Nemesis {
  private readonly random: Prng;
  private over = false;
  private failedOver = false;

  constructor(
    private readonly world: World,
    private readonly members: readonly Member[],
    private readonly frontEnds: readonly FrontEnd[],
  ) {
    this.random = new Prng(world.settings.seed, 3);
  }

  begin(): void {
    this.endIdle();
    if (this.world.settings.faults.length > 0) this.next();
  }

  heal(): void {
    const { world } = this;
    this.over = true;
    world.faulty = false;
    for (const member of this.members) {
      world.mend(member.process.name, 'db');
      for (const frontEnd of this.frontEnds) world.mend(member.process.name, frontEnd.process.name);
      member.start();
      member.process.awaken();
      member.process.faults.stallProbability = 0;
    }
    for (const frontEnd of this.frontEnds) {
      frontEnd.start();
      frontEnd.process.awaken();
      frontEnd.process.faults.stallProbability = 0;
    }
  }

  private next(): void {
    const { settings, schedule } = this.world;
    schedule.after(this.random.exponential(settings.meanFaultIntervalMs), () => {
      if (this.over) return;
      this.strike(this.random.pick(settings.faults), this.random.exponential(settings.meanFaultMs));
      this.next();
    });
  }

  private strike(fault: Fault, forMs: number): void {
    const { world } = this;
    const member = this.random.pick(this.members);
    const frontEnd = this.random.pick(this.frontEnds);
    const later = (action: () => void): void => world.schedule.after(forMs, action);
    world.note(
      '-',
      () => `${fault}: ${member.process.name}, ${frontEnd.process.name}, ${forMs.toFixed(0)} ms`,
    );
    switch (fault) {
      case 'crash member':
        member.crash();
        return later(() => member.start());
      case 'pause member':
        return member.process.stop(forMs);
      case 'suspend member':
        return member.process.suspend(forMs);
      case 'cut member off the engine':
        return this.cutOff(member.process.name, 'db', later);
      case 'cut member off a front-end':
        return this.cutOff(member.process.name, frontEnd.process.name, later);
      case 'crash front-end':
        frontEnd.crash();
        return later(() => frontEnd.start());
      case 'pause front-end':
        return frontEnd.process.stop(forMs);
      case 'suspend front-end':
        return frontEnd.process.suspend(forMs);
      case 'fail over':
        return this.failOver();
      default:
        return fault satisfies never;
    }
  }

  private cutOff(one: string, other: string, later: (action: () => void) => void): void {
    this.world.cutOff(one, other);
    later(() => this.world.mend(one, other));
  }

  /** The primary goes on answering whoever is connected to it; nothing that it is told commits. */
  private failOver(): void {
    if (this.failedOver) return;
    this.failedOver = true;
    const { world } = this;
    const { leaseMs } = world.settings;
    const old = world.database;
    old.superseded = true;
    world.schedule.after(leaseMs * (TAKE_OVER_LEASES + this.random.exponential(1)), () => {
      world.database = old.promoted();
      world.note('db', () => 'the standby has taken over');
    });
  }

  private endIdle(): void {
    const { world } = this;
    const { leaseMs } = world.settings;
    const end = (database: Database): void => {
      for (const connection of database.connections) {
        if (
          connection.idleSince !== null &&
          world.now - connection.idleSince > IDLE_LEASES * leaseMs &&
          database.locks.holds(connection)
        )
          database.close(connection);
      }
    };
    end(world.database);
    world.schedule.after(leaseMs / 2, () => this.endIdle());
  }
}
