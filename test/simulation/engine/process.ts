import { monotonic } from '../../../src/core/clocks.js';
import { type Clock } from '../../../src/core/replication/ports.js';
import { type Prng } from './prng.js';
import { type Schedule } from './schedule.js';

/** Wall clock at the beginning of a run, ms since 1970. */
export const EPOCH_MS = 1_700_000_000_000;

/** A stall within a turn cannot be ended early, and phase two has to begin at some time. */
const LONGEST_STALL_MS = 2_000;

/** How a process's clocks and its scheduling misbehave. */
export interface ProcessFaults {
  /** Largest error of a clock's rate, below the protocol's d. */
  clockDrift: number;
  /** Probability that a turn of the event loop is cut by a stall. */
  stallProbability: number;
  /** Mean length of such a stall. */
  stallMs: number;
  /** Timers fire up to this late. */
  timerLatenessMs: number;
  /** Wall clocks are off by as much. */
  readonly wallSkewMs?: number | undefined;
}

const FAR_OFF_MS = 5_000;

/**
 * One operating-system process: it runs one turn at a time on its own clock, can stop for a while with everything waiting
 * (SIGSTOP), also between two readings of its clock, and can be killed, which voids all that was due in it.
 */
export class SimulatedProcess {
  /** Counts lives: what was due in an earlier one is void. */
  life = 0;
  running = false;
  /** True time at which it last began, or went on. */
  runsSince = 0;
  /** True time until which nothing runs in it. */
  private stoppedUntil = 0;
  private waiting: (() => void)[] = [];
  private rate = 1;
  private base = 0;
  private wallOffset = 0;
  /** How far this machine's wall clock is off, in all of its lives. */
  private readonly wallSkewMs: number;
  /** True time as seen inside the present turn: later than the schedule's after a stall within the turn. */
  private turnTime = -1;
  private stallAfterReadings = -1;
  /** True time before which it cannot go on: a stall within a turn has shown it that time, or its machine sleeps. */
  private seenUntil = 0;

  constructor(
    readonly name: string,
    private readonly schedule: Schedule,
    private readonly random: Prng,
    readonly faults: ProcessFaults,
    private readonly onThrow: (thrown: unknown) => void,
  ) {
    const mostMs = faults.wallSkewMs ?? FAR_OFF_MS;
    this.wallSkewMs = random.between(-mostMs, mostMs);
  }

  begin(): void {
    this.life += 1;
    this.running = true;
    this.runsSince = this.schedule.now;
    this.stoppedUntil = 0;
    this.seenUntil = 0;
    this.waiting = [];
    const extreme = this.random.chance(0.5);
    const share = extreme ? Math.sign(this.random.fraction() - 0.5) : this.random.between(-1, 1);
    this.rate = 1 + this.faults.clockDrift * share;
    this.base = this.random.between(0, 1_000_000) - this.schedule.now * this.rate;
    this.wallOffset = EPOCH_MS + this.wallSkewMs + this.schedule.now - this.monotonic();
  }

  kill(): void {
    this.running = false;
    this.stoppedUntil = 0;
    this.waiting = [];
  }

  /** Stops it from now on, as SIGSTOP does: its clocks go on. */
  stop(forMs: number): void {
    this.stopUntil(this.schedule.now + forMs);
  }

  /** The machine sleeps: the monotonic clock stands still, the wall clock does not. Nothing ends that early. */
  suspend(forMs: number): void {
    if (this.isStopped) return;
    this.seenUntil = this.schedule.now + forMs;
    this.stop(forMs);
    this.base -= forMs * this.rate;
    this.wallOffset += forMs * this.rate;
  }

  private stopUntil(time: number): void {
    if (time <= this.stoppedUntil) return;
    this.stoppedUntil = time;
    const { life } = this;
    this.schedule.at(time, () => {
      if (life === this.life) this.resume();
    });
  }

  get isStopped(): boolean {
    return this.stoppedUntil > this.schedule.now;
  }

  /** Ends a stop early, but not before what the process has already seen of time. */
  awaken(): void {
    if (!this.isStopped) return;
    this.stoppedUntil = this.schedule.now;
    if (this.seenUntil > this.schedule.now) this.stopUntil(this.seenUntil);
    else this.resume();
  }

  private resume(): void {
    if (!this.running) return;
    this.runsSince = this.schedule.now;
    const due = this.waiting;
    this.waiting = [];
    if (this.random.chance(0.5)) this.random.shuffle(due);
    for (const action of due) this.deliver(this.life, action);
  }

  /** True time at which something that leaves in this turn is on its way. */
  get leavingTime(): number {
    return Math.max(this.schedule.now, this.stoppedUntil);
  }

  /** Runs an action as one turn of that life, at once or when the process goes on. */
  deliver(life: number, action: () => void): void {
    if (life !== this.life || !this.running) return;
    if (this.isStopped) {
      this.waiting.push(action);
      return;
    }
    const stalls = this.random.chance(this.faults.stallProbability);
    this.stallAfterReadings = stalls ? this.random.below(4) : -1;
    this.turnTime = this.schedule.now;
    try {
      action();
    } catch (thrown) {
      this.onThrow(thrown);
    }
    if (this.stallAfterReadings >= 0) this.stall();
    this.turnTime = -1;
  }

  private stall(): void {
    this.stallAfterReadings = -1;
    const forMs = Math.min(this.random.exponential(this.faults.stallMs), LONGEST_STALL_MS);
    const until = this.schedule.now + forMs;
    this.turnTime = until;
    this.seenUntil = until;
    this.stopUntil(until);
  }

  private monotonic(): number {
    if (this.stallAfterReadings === 0) this.stall();
    else if (this.stallAfterReadings > 0) this.stallAfterReadings -= 1;
    const time = this.turnTime >= 0 ? this.turnTime : this.schedule.now;
    return this.base + time * this.rate;
  }

  /** The clock of one life: its timers die with it. */
  clock(): Clock {
    const { life } = this;
    return {
      monotonicMs: () => monotonic(this.monotonic()),
      wallClockMs: () => Math.floor(this.monotonic() + this.wallOffset),
      after: (delayMs, action) => {
        const due = this.monotonic() + Math.max(0, delayMs);
        return this.timer(life, due, action);
      },
    };
  }

  private timer(life: number, due: number, action: () => void): () => void {
    let cancelled = false;
    const run = (): void => {
      if (cancelled) return;
      cancelled = true;
      action();
    };
    const check = (): void => {
      if (cancelled || life !== this.life) return;
      // A suspended machine's clock stood still: the timer is not due yet.
      const early = (due - this.base) / this.rate - this.schedule.now;
      if (early > 1e-6) this.schedule.after(early, check);
      else this.deliver(life, run);
    };
    const late = this.faults.timerLatenessMs > 0 ? this.random.between(0, this.faults.timerLatenessMs) : 0;
    // A millionth later, so that rounding never makes a timer early on its own clock.
    this.schedule.at((due - this.base) / this.rate + late + 1e-6, check);
    return () => {
      cancelled = true;
    };
  }
}
