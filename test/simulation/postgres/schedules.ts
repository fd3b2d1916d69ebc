import { FrontEnd } from './front-end.js';
import { Member } from './member.js';
import { type ModelRule, Rules } from './rules.js';
import { drawSettings, type Settings } from './settings.js';
import { World } from './world.js';

/** A run made by hand, without a rule: says which promise was broken, or null. For what chance finds too seldom. */
export type Schedule = (without: ModelRule | null) => string | null;

const LEASE_MS = 100;
const BOOK = 1;
/** Each asks once in the moment that matters. */
const FRONT_ENDS = 12;
/** Statements take long, so that something may come between two of a transaction. */
const SLOW: Partial<Settings> = {
  members: 3,
  frontEnds: FRONT_ENDS,
  books: 1,
  leaseMs: LEASE_MS,
  delayMs: 0.2,
  workMs: 10,
  loss: 0,
  straggle: 0,
  faults: [],
  processes: { clockDrift: 0, stallProbability: 0, stallMs: 0, timerLatenessMs: 0 },
};
/** The window is a statement wide, and how long each takes is drawn. */
const TRIES = 60;

/**
 * P2: the second member is paused with the row's lock, the first while it waits for that, and both are fenced. The first has found before that it is not.
 * Between the commit of the one and the other's lock of the book a front-end, which needs no session with either any more, keeps the book as it is.
 */
export const fencedInTheQueue: Schedule = (without) => {
  for (let seed = 1; seed <= TRIES; seed += 1) {
    const complaint = once(seed, without);
    if (complaint !== null) return complaint;
  }
  return null;
};

function once(seed: number, without: ModelRule | null): string | null {
  const world = new World({ ...drawSettings(seed), ...SLOW }, new Rules(without), false);
  const frontEnds: FrontEnd[] = [];
  const members = [0, 1, 2].map((index) => new Member(world, index, frontEnds)) as [Member, Member, Member];
  for (let index = 0; index < FRONT_ENDS; index += 1) frontEnds.push(new FrontEnd(world, index, members));
  for (const party of [...members, ...frontEnds]) party.start();
  const run = (leases: number): void => {
    const until = world.now + leases * LEASE_MS;
    while (world.schedule.step(until));
  };
  const write = (member: Member, id: string): void =>
    member.write({ id, kind: 'restock', bookId: BOOK }, () => undefined);
  const [first, second] = members;

  run(6);
  write(second, 'second');
  second.process.stop(2.9 * LEASE_MS);
  run(0.3);
  write(first, 'first');
  first.process.stop(2.6 * LEASE_MS + world.random.between(10, 35));
  run(2.6);
  // Those that ask one that is paused hear of it after a lease.
  for (const frontEnd of frontEnds)
    world.schedule.after(world.random.between(0, 30), () => frontEnd.lookUp(BOOK, () => undefined));
  run(0.8);
  return stale(world, frontEnds, run);
}

/** Nothing is written any more: whoever serves what was before does so from its cache. */
function stale(world: World, frontEnds: readonly FrontEnd[], run: (leases: number) => void): string | null {
  const { quantity = 0 } = world.database.stored.books.get(BOOK) ?? {};
  let complaint: string | null = null;
  for (const frontEnd of frontEnds) {
    frontEnd.lookUp(BOOK, (row) => {
      if (row !== null && row !== 'no such book' && row.quantity < quantity)
        complaint ??= `a front-end serves ${row.quantity} copies after a write of ${quantity}`;
    });
  }
  run(1);
  return complaint;
}
