import { Prng } from './prng.js';
import { SimulatedProcess, type ProcessFaults } from './process.js';
import { Schedule } from './schedule.js';

const CALM: ProcessFaults = { clockDrift: 0, stallProbability: 0, stallMs: 0, timerLatenessMs: 0 };

function start(faults: Partial<ProcessFaults> = {}, seed = 1) {
  const schedule = new Schedule();
  const process = new SimulatedProcess('A', schedule, new Prng(seed), { ...CALM, ...faults }, (thrown) => {
    throw thrown;
  });
  process.begin();
  const runUntil = (time: number): void => {
    while (schedule.step(time));
  };
  return { schedule, process, clock: process.clock(), runUntil };
}

describe('a simulated process', () => {
  it('keeps its own time, and fires timers not before it by its own clock', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { schedule, clock, runUntil } = start({ clockDrift: 0.0499 }, seed);
      const began = clock.monotonicMs();
      let fired = 0;
      let firedAt = 0;
      clock.after(100, () => {
        fired = clock.monotonicMs() - began;
        firedAt = schedule.now;
      });
      runUntil(1_000);
      expect(fired).toBeGreaterThanOrEqual(100);
      expect(fired).toBeLessThan(100.01);
      expect(Math.abs(firedAt - 100)).toBeLessThan(5.3);
    }
  });

  it('lets everything wait while it is stopped, and its clock goes on', () => {
    const { schedule, process, clock, runUntil } = start();
    const ran: number[] = [];
    clock.after(10, () => ran.push(schedule.now));
    process.stop(50);
    const before = clock.monotonicMs();
    runUntil(40);
    expect(ran).toEqual([]);
    runUntil(60);
    expect(ran).toEqual([50]);
    expect(clock.monotonicMs() - before).toBeCloseTo(60);
  });

  it('stops its monotonic clock, and not its wall clock, while its machine is suspended', () => {
    const { process, clock, runUntil } = start();
    const monotonic = clock.monotonicMs();
    const wall = clock.wallClockMs();
    process.suspend(50);
    runUntil(100);
    expect(clock.monotonicMs() - monotonic).toBeCloseTo(50);
    expect(Math.abs(clock.wallClockMs() - wall - 100)).toBeLessThanOrEqual(1);
  });

  it('voids what was due in an earlier life', () => {
    const { process, clock, runUntil } = start();
    let ran = 0;
    clock.after(10, () => (ran += 1));
    const { life } = process;
    process.kill();
    process.begin();
    process.deliver(life, () => (ran += 1));
    runUntil(100);
    expect(ran).toBe(0);
  });

  it('can stall between two readings of its clock, and what it sends then leaves after that', () => {
    let jumps = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const { process, clock } = start({ stallProbability: 1, stallMs: 40 }, seed);
      process.deliver(process.life, () => {
        const first = clock.monotonicMs();
        const later = [1, 2, 3, 4].map(() => clock.monotonicMs());
        const jump = Math.max(...later) - first;
        expect([...later].sort((a, b) => a - b)).toEqual(later);
        if (jump === 0) return;
        jumps += 1;
        expect(process.leavingTime).toBeCloseTo(jump);
      });
      expect(process.isStopped).toBe(true);
    }
    expect(jumps).toBeGreaterThan(5);
  });
});
