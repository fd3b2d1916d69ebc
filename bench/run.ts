import { readdirSync, readFileSync } from 'node:fs';
import { type Spread, spreadOf, shownSpread } from './figures.js';
import { type Plot } from './plot.js';

/** What one round of load saw. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly answers: number;
  /** Answers that were not as they should be, and requests without one. */
  readonly failures: number;
}

/** One of those that are measured in turn. */
export interface Contestant {
  readonly name: string;
  /** Processes that serve (with those that they have started), for the processor time of an answer. */
  readonly pids?: readonly number[];
  measure(seconds: number): Promise<Load>;
  /** Comes before each measurement, and `rest` after it: a contestant that takes processor time while it is idle stands still for the others. */
  wake?(): Promise<void>;
  rest?(): void;
}

export interface Result {
  readonly name: string;
  readonly perSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  /** Microseconds of all its processes for an answer: little moved by what else the machine does. */
  readonly cpuUs: Spread;
  /** Answers a second, to those of the first contestant in the same round. */
  readonly ratio: Spread;
  readonly failures: number;
  readonly rounds: readonly (Load & { readonly cpuUs: number })[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a scenario has to say. */
export interface Section {
  readonly title: string;
  readonly text: readonly string[];
  readonly tables: readonly Table[];
  readonly plots: readonly Plot[];
  /** Figures as they were measured. */
  readonly raw: unknown;
}

export interface Scenario {
  readonly name: string;
  /** It measures each thing once, however many rounds are asked for. */
  readonly once?: true;
  run(run: Run): Promise<Section>;
}

/** How long and how often, and where to say what is being done. */
export interface Run {
  readonly quick: boolean;
  readonly rounds: number;
  readonly seconds: number;
  /** Parts of a scenario, where it knows such; all when empty. */
  readonly parts: readonly string[];
  /** The folder of another checkout that is measured beside this one. */
  readonly against?: string | undefined;
  /** Whether catalogs on PostgreSQL are measured beside those with a file each. */
  readonly onPostgres: boolean;
  progress(what: string): void;
}

const CLOCK_TICKS_PER_SECOND = 100;
/** Compilers and caches settle after thousands of answers: fewer give times that are several times too long. */
const WARMING = {
  full: { seconds: 1, answers: 5_000, most: 8 },
  quick: { seconds: 0.5, answers: 2_000, most: 2 },
};

/** Each contestant in each round, one after the other: what the machine does besides meets all of them. */
export async function inTurn(
  run: Run,
  what: string,
  contestants: readonly Contestant[],
  { areWarm = false } = {},
): Promise<Result[]> {
  const rounds: (Load & { cpuUs: number })[][] = contestants.map(() => []);
  for (const contestant of areWarm ? [] : contestants) {
    run.progress(`${what}: warming ${contestant.name}`);
    await contestant.wake?.();
    await warm(run, contestant);
    contestant.rest?.();
  }
  for (let round = 0; round < run.rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      run.progress(`${what}: round ${round + 1} of ${run.rounds}: ${contestant.name}`);
      await contestant.wake?.();
      const before = cpuSeconds(contestant.pids ?? []);
      const load = await contestant.measure(run.seconds);
      const cpuUs = ((cpuSeconds(contestant.pids ?? []) - before) * 1e6) / load.answers;
      contestant.rest?.();
      rounds[index]?.push({ ...load, cpuUs: contestant.pids === undefined ? NaN : cpuUs });
    }
  }
  return contestants.map(({ name }, index) => {
    const own = rounds[index] ?? [];
    return {
      name,
      perSecond: spreadOf(own.map(({ perSecond }) => perSecond)),
      p50Ms: spreadOf(own.map(({ p50Ms }) => p50Ms)),
      p99Ms: spreadOf(own.map(({ p99Ms }) => p99Ms)),
      cpuUs: spreadOf(own.map(({ cpuUs }) => cpuUs)),
      ratio: spreadOf(own.map(({ perSecond }, round) => perSecond / (rounds[0]?.[round]?.perSecond ?? NaN))),
      failures: own.reduce((sum, { failures }) => sum + failures, 0),
      rounds: own,
    };
  });
}

async function warm({ quick }: Run, contestant: Contestant): Promise<void> {
  const { seconds, answers, most } = quick ? WARMING.quick : WARMING.full;
  let seen = 0;
  for (let turn = 0; turn < most && seen < answers; turn += 1) {
    seen += (await contestant.measure(seconds)).answers;
  }
}

export function tableOf(title: string, results: readonly Result[]): Table {
  return {
    title,
    columns: ['', 'a second', 'to the first', 'p50 ms', 'p99 ms', 'CPU µs each', 'failures'],
    rows: results.map(({ name, perSecond, ratio, p50Ms, p99Ms, cpuUs, failures }) => [
      name,
      shownSpread(perSecond),
      shownSpread(ratio),
      shownSpread(p50Ms),
      shownSpread(p99Ms),
      shownSpread(cpuUs),
      String(failures),
    ]),
  };
}

/** Of processes with all their threads and all that they have started, since they began. NaN where there is no /proc. */
export function cpuSeconds(pids: readonly number[]): number {
  if (pids.length === 0) return 0;
  const ticks = new Map<number, { readonly parent: number; readonly own: number }>();
  for (const pid of runningPids()) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      // utime and stime, then those of children that have ended (proc(5), from the third field on).
      const own = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
      ticks.set(pid, { parent: Number(fields[1]), own });
    } catch {
      // It ended meanwhile; its parent has its time.
    }
  }
  return pids.reduce((sum, pid) => sum + ticksOfTree(ticks, pid), 0) / CLOCK_TICKS_PER_SECOND;
}

function ticksOfTree(
  ticks: ReadonlyMap<number, { readonly parent: number; readonly own: number }>,
  pid: number,
): number {
  let sum = ticks.get(pid)?.own ?? NaN;
  for (const [child, { parent }] of ticks) if (parent === pid) sum += ticksOfTree(ticks, child);
  return sum;
}

/** A process and all that it has started. */
export function treeOf(pid: number): number[] {
  const children = runningPids().filter((each) => parentOf(each) === pid);
  return [pid, ...children.flatMap(treeOf)];
}

function parentOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return NaN;
  }
}

function runningPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Resident bytes of a process; NaN where there is no /proc. */
export function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return NaN;
  }
}
