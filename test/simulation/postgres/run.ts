import { Prng } from '../engine/prng.js';
import { type HistoryItem, judge } from './judge.js';
import { FrontEnd } from './front-end.js';
import { Member, type Wish } from './member.js';
import { Nemesis } from './nemesis.js';
import { type ModelRule, Rules } from './rules.js';
import { drawSettings, type Settings } from './settings.js';
import { World } from './world.js';

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly operations: number;
  readonly acknowledged: number;
  readonly hits: number;
  readonly trace: readonly string[] | null;
}

export interface RunOptions {
  readonly without?: ModelRule | null;
  readonly tracing?: boolean;
  readonly settings?: Partial<Settings> | undefined;
}

/** After all is mended: what was fenced has joined anew, and may write. */
const SETTLING_LEASES = 14;
/** Who was taken for dead just before is fenced in two, joins anew, and writes two later; then a front-end hears of it. */
const PROBE_LEASES = 14;
/** Nothing ends a machine's sleep early. */
const LONGEST_SLEEP_MS = 20_000;
const STEPS_BETWEEN_LOOKS = 20;
/** Of ids that are asked for: those that are there, and some that may be. */
const UNKNOWN_IDS = 2;

/** One life of a bookstore whose catalogs share an engine, from one seed. */
export function runSeed(seed: number, options: RunOptions = {}): RunResult {
  return new Run({ ...drawSettings(seed), ...options.settings }, options).run();
}

class Run {
  private readonly world: World;
  private readonly members: Member[] = [];
  private readonly frontEnds: FrontEnd[] = [];
  private readonly history: HistoryItem[] = [];
  private readonly random: Prng;
  private stopped = false;
  /** Clients that wait for an answer. */
  private waiting = 0;

  constructor(
    private readonly settings: Settings,
    options: RunOptions,
  ) {
    this.world = new World(settings, new Rules(options.without ?? null), options.tracing ?? false);
    this.random = new Prng(settings.seed, 5);
    for (let i = 0; i < settings.members; i += 1)
      this.members.push(new Member(this.world, i, this.frontEnds));
    for (let i = 0; i < settings.frontEnds; i += 1)
      this.frontEnds.push(new FrontEnd(this.world, i, this.members));
  }

  /** Phase one: faults. Phase two: all is mended, and each front-end must serve and keep answers again. */
  run(): RunResult {
    const { world, settings } = this;
    for (const party of [...this.members, ...this.frontEnds]) party.start();
    for (let client = 0; client < settings.clients; client += 1) this.think(client, 0);
    const nemesis = new Nemesis(world, this.members, this.frontEnds);
    nemesis.begin();
    this.runFor(settings.phaseOneMs);
    this.stopped = true;
    nemesis.heal();
    // What is under way may still go wrong.
    this.runFor(settings.leaseMs);
    this.runFor(LONGEST_SLEEP_MS, () => this.allAwake());
    this.runFor(SETTLING_LEASES * settings.leaseMs, () => this.isQuiet());
    this.probe();
    this.runFor(PROBE_LEASES * settings.leaseMs, () =>
      this.frontEnds.every((_, index) => this.probed[index] === true),
    );
    const stuck = this.frontEnds
      .filter((_, index) => this.probed[index] !== true)
      .map(({ process }) => `no progress: ${process.name} does not serve or keep answers`);
    const violations = [
      ...world.violations,
      ...judge(this.history, world.database.stored, settings.books),
      ...stuck,
    ];
    const { operations, acknowledged } = this.count();
    const hits = this.frontEnds.reduce((sum, frontEnd) => sum + frontEnd.hits, 0);
    return { seed: settings.seed, violations, operations, acknowledged, hits, trace: world.trace };
  }

  private readonly probed: boolean[] = [];

  private probe(): void {
    for (const [index, frontEnd] of this.frontEnds.entries()) this.probeWrite(index, frontEnd, 0);
  }

  /** As a client, it asks again when it was told that nothing happened. */
  private probeWrite(index: number, frontEnd: FrontEnd, tried: number): void {
    this.ask({ kind: 'restock', bookId: 1, id: `probe-${index}-${tried}` }, frontEnd, (done) => {
      if (done) return this.probeCache(index, frontEnd);
      this.world.schedule.after(this.settings.leaseMs / 2, () => this.probeWrite(index, frontEnd, tried + 1));
    });
  }

  /** What is read while another writes may not be kept. */
  private probeCache(index: number, frontEnd: FrontEnd): void {
    const before = frontEnd.hits;
    this.lookUp(frontEnd, 1, () => {
      this.probed[index] = frontEnd.hits > before;
      if (this.probed[index] === true) return;
      this.world.schedule.after(this.settings.leaseMs / 2, () => this.probeCache(index, frontEnd));
    });
  }

  private count(): { operations: number; acknowledged: number } {
    const answered = this.history.filter(({ end }) => end !== Infinity);
    return { operations: this.history.length, acknowledged: answered.length };
  }

  /** Or, if that is sooner, until there is nothing left to wait for. */
  private runFor(ms: number, done: () => boolean = () => false): void {
    const until = this.world.now + ms;
    for (let steps = 0; this.world.schedule.step(until); steps += 1) {
      if (steps % STEPS_BETWEEN_LOOKS === 0 && done()) return;
    }
  }

  private allAwake(): boolean {
    return [...this.members, ...this.frontEnds].every(({ process }) => !process.isStopped);
  }

  private isQuiet(): boolean {
    return (
      this.waiting === 0 && this.members.every((member) => member.writes()) && !this.world.database.superseded
    );
  }

  /** A client does one thing after the other, through any front-end. */
  private think(client: number, count: number): void {
    this.world.schedule.after(this.random.exponential(this.settings.thinkMs), () => {
      if (this.stopped) return;
      this.act(`c${client}-${count}`, () => this.think(client, count + 1));
    });
  }

  private act(id: string, done: () => void): void {
    const { random, settings } = this;
    const frontEnd = random.pick(this.frontEnds);
    const bookId = 1 + random.below(settings.books + UNKNOWN_IDS);
    if (random.chance(settings.writes)) {
      const named = random.chance(settings.titles)
        ? random.pick(['retitle', 'create'] as const)
        : random.pick(['sale', 'restock', 'sale'] as const);
      const wish: Wish = {
        id,
        kind: named,
        bookId: named === 'create' ? 0 : 1 + random.below(settings.books),
      };
      return this.ask(wish, frontEnd, done);
    }
    if (settings.titles > 0 && random.chance(0.3)) return this.search(frontEnd, done);
    this.lookUp(frontEnd, random.chance(0.7) ? 1 : bookId, done);
  }

  private ask(wish: Wish, frontEnd: FrontEnd, done: (answered: boolean) => void): void {
    const item = this.begin({ kind: 'write', wish });
    this.at(
      frontEnd,
      20,
      (reply: (written: unknown) => void) => {
        frontEnd.write(wish, (written) => {
          if (written.kind === 'decided') item.answer = { kind: 'written', outcome: written.outcome };
          if (written.kind === 'not started') item.answer = { kind: 'refused' };
          reply(written);
        });
      },
      (answered) => {
        // Unless it was heard of, it may have been written, or be written yet.
        if (!answered) item.answer = null;
        item.end = item.answer === null ? Infinity : this.world.now;
        done(item.answer?.kind === 'written');
      },
    );
  }

  private lookUp(frontEnd: FrontEnd, bookId: number, done: () => void): void {
    const item = this.begin({ kind: 'look-up', bookId });
    this.at(
      frontEnd,
      6,
      (reply: () => void) => {
        frontEnd.lookUp(bookId, (row) => {
          if (row !== null) item.answer = { kind: 'looked up', row: row === 'no such book' ? null : row };
          reply();
        });
      },
      (answered) => {
        if (answered && item.answer !== null) item.end = this.world.now;
        else item.answer = null;
        done();
      },
    );
  }

  private search(frontEnd: FrontEnd, done: () => void): void {
    const item = this.begin({ kind: 'search' });
    this.at(
      frontEnd,
      6,
      (reply: () => void) => {
        frontEnd.search((titles) => {
          if (titles !== null) item.answer = { kind: 'searched', titles };
          reply();
        });
      },
      (answered) => {
        if (answered && item.answer !== null) item.end = this.world.now;
        else item.answer = null;
        done();
      },
    );
  }

  private begin(call: HistoryItem['call']): HistoryItem {
    const item: HistoryItem = { call, start: this.world.now, end: Infinity, answer: null };
    this.history.push(item);
    return item;
  }

  /** Clients have a clock without faults; `done(false)`: no answer came. */
  private at(
    frontEnd: FrontEnd,
    patienceLeases: number,
    serve: (reply: () => void) => void,
    done: (answered: boolean) => void,
  ): void {
    const { process } = frontEnd;
    const { schedule } = this.world;
    const { life } = process;
    let open = true;
    const finish = (answered: boolean): void => {
      if (!open) return;
      open = false;
      this.waiting -= 1;
      done(answered);
    };
    this.waiting += 1;
    schedule.after(patienceLeases * this.settings.leaseMs, () => finish(false));
    schedule.after(0.1, () =>
      process.deliver(life, () =>
        serve(() => {
          if (process.running && process.life === life)
            schedule.at(Math.max(process.leavingTime, schedule.now) + 0.1, () => finish(true));
        }),
      ),
    );
  }
}
