import fc from 'fast-check';
import { Schedule } from './schedule.js';

function runAll(schedule: Schedule, until: number): void {
  while (schedule.step(until));
}

describe('the schedule', () => {
  it('runs events by their time, and those of one time as they were made', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const schedule = new Schedule();
        const ran: { time: number; index: number }[] = [];
        times.forEach((time, index) => schedule.at(time, () => ran.push({ time, index })));
        runAll(schedule, 20);
        const expected = times
          .map((time, index) => ({ time, index }))
          .sort((a, b) => a.time - b.time || a.index - b.index);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('stops at the time asked for and goes on from there', () => {
    const schedule = new Schedule();
    const ran: number[] = [];
    schedule.at(5, () => schedule.after(5, () => ran.push(schedule.now)));
    runAll(schedule, 7);
    expect([ran, schedule.now]).toEqual([[], 7]);
    runAll(schedule, 20);
    expect([ran, schedule.now]).toEqual([[10], 20]);
  });

  it('never goes back in time', () => {
    const schedule = new Schedule();
    const ran: number[] = [];
    schedule.at(5, () => schedule.at(1, () => ran.push(schedule.now)));
    runAll(schedule, 6);
    expect(ran).toEqual([5]);
  });
});
