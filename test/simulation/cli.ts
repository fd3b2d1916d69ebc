import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keepSeeds } from './keep-seeds.js';
import { allRules, mutationNamed } from './mutations.js';
import { runShared, SHARED_RULES } from './postgres/for-cli.js';
import { runSeed, type RunResult } from './run.js';
import { ADMINISTRATION, HOLDS, LOST_DISKS, type Policy, type Settings } from './settings.js';

const USAGE = `npm run sim -- [options]
  --seeds N         how many seeds to run (1000)
  --from S          the first of them (1)
  --seed S          one seed alone
  --replicas LIST   numbers of replicas, taken in turn (1,2,3,5)
  --jobs N          processes (2)
  --trace           print what happened, in virtual milliseconds; lease and session messages only with --trace --all
  --book N          of the trace, only what concerns that book
  --policy P        majority, reachable or split; the latter two with two replicas
  --engine E        peers (default), or postgres: catalogs that share one engine, a model of it in memory
  --holds           buyers who hold, pay and confirm, and baskets
  --administration  administrators who hide books and give them other numbers
  --disks           disks that are lost all the time
  --mutate RULE     switch a rule off (see mutations.ts)
  --hunt            for every rule, or the one of --mutate, the first seed that fails without it
  --keep            for each rule whose kept seed shows nothing any more another one, into kept-seeds.ts
  --keep-going      do not stop at the tenth failing seed`;

/** What most of the workload is about. */
type Focus = 'all' | 'holds' | 'administration' | 'disks';
type Engine = 'peers' | 'postgres';

interface Options {
  readonly engine: Engine;
  readonly from: number;
  readonly seeds: number;
  readonly replicas: readonly number[];
  readonly jobs: number;
  readonly mutate: string | null;
  readonly policy: Policy;
  readonly focus: Focus;
  readonly mostFailures: number;
}

interface Report {
  readonly seeds: number;
  readonly operations: number;
  readonly failed: readonly Failure[];
}

interface Failure {
  readonly seed: number;
  readonly replicas: number;
  readonly rule: string;
  readonly text: string;
}

/** Seeds between two reports of a worker. */
const BATCH = 20;

function main(): void {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      replicas: { type: 'string', default: '1,2,3,5' },
      jobs: { type: 'string', default: '2' },
      trace: { type: 'boolean', default: false },
      all: { type: 'boolean', default: false },
      book: { type: 'string' },
      mutate: { type: 'string' },
      policy: { type: 'string', default: 'majority' },
      engine: { type: 'string', default: 'peers' },
      holds: { type: 'boolean', default: false },
      administration: { type: 'boolean', default: false },
      disks: { type: 'boolean', default: false },
      hunt: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      'keep-going': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const policy = values.policy as Policy;
  const engine: Engine = values.engine === 'postgres' ? 'postgres' : 'peers';
  const replicas = replicasOf(engine, policy, values.replicas);
  const mutate = values.mutate ?? null;
  const focus = focusOf(values);
  if (values.seed !== undefined || values.trace) {
    const seed = Number(values.seed ?? values.from);
    for (const count of replicas) {
      showOne(seed, count, { engine, mutate, policy, focus }, values.trace, values.all, values.book ?? null);
    }
    return;
  }
  if (values.keep) return keepSeeds(Number(values.from), Number(values.seeds));
  if (values.hunt) {
    const where = { engine, from: Number(values.from), seeds: Number(values.seeds), replicas, policy, focus };
    return hunt(rulesOf(engine, mutate), where);
  }
  const options: Options = {
    engine,
    from: Number(values.from),
    seeds: Number(values.seeds),
    replicas,
    jobs: Number(values.jobs),
    mutate,
    policy,
    focus,
    mostFailures: values['keep-going'] ? Infinity : 10,
  };
  if (process.send === undefined) runAll(options);
  else work(options, (report) => process.send?.(report));
}

function focusOf({
  administration,
  disks,
  holds,
}: Readonly<Record<'administration' | 'disks' | 'holds', boolean>>): Focus {
  if (administration) return 'administration';
  if (disks) return 'disks';
  return holds ? 'holds' : 'all';
}

/** How many catalogs share an engine is drawn from the seed. */
function replicasOf(engine: Engine, policy: Policy, list: string): number[] {
  if (engine === 'postgres') return [0];
  return policy === 'majority' ? list.split(',').map(Number) : [2];
}

function rulesOf(engine: Engine, mutate: string | null): readonly string[] {
  if (mutate !== null) return [mutate];
  return engine === 'peers' ? allRules() : SHARED_RULES;
}

function mutationOf(mutate: string | null) {
  return mutate === null ? {} : mutationNamed(mutate);
}

function settingsOf(focus: Focus): Partial<Settings> {
  return { all: {}, holds: HOLDS, administration: ADMINISTRATION, disks: LOST_DISKS }[focus];
}

function showOne(
  seed: number,
  replicas: number,
  options: Pick<Options, 'engine' | 'mutate' | 'policy' | 'focus'>,
  tracing: boolean,
  all: boolean,
  book: string | null,
): void {
  const result = runOne(seed, replicas, options, tracing);
  for (const line of result.trace ?? []) {
    if (!all && /lease[? ]|session/.test(line)) continue;
    if (book !== null && !concerns(line, book)) continue;
    console.log(line);
  }
  const failure = failureOf(result);
  if (failure === null) {
    console.log(`seed ${seed}, ${replicas} replicas: no violation in ${result.operations} operations`);
    return;
  }
  for (const { rule, text } of result.violations) console.log(`${rule}: ${text}`);
  process.exitCode = 1;
}

function runOne(
  seed: number,
  replicas: number,
  { engine, mutate, policy, focus }: Pick<Options, 'engine' | 'mutate' | 'policy' | 'focus'>,
  tracing = false,
): RunResult {
  if (engine === 'postgres') return runShared(seed, mutate, tracing);
  return runSeed(seed, replicas, {
    mutation: mutationOf(mutate),
    policy,
    tracing,
    settings: settingsOf(focus),
  });
}

/** Lines that name the book, or no book at all. */
function concerns(line: string, book: string): boolean {
  const named =
    /(?:look up|on|book|check|ok|conflict|update|already|behind|commit|get|got|fetch|fetched) (\d+)\b/.exec(
      line,
    );
  return named === null || named[1] === book;
}

function failureOf({ seed, replicas, violations }: RunResult): Failure | null {
  const [first] = violations;
  return first === undefined ? null : { seed, replicas, rule: first.rule, text: first.text };
}

/** Every seed of a share, one after the other. */
function work(options: Options, report: (report: Report) => void): void {
  const { from, seeds, replicas, mostFailures } = options;
  let failures = 0;
  let batch = { seeds: 0, operations: 0, failed: [] as Failure[] };
  const flush = (): void => {
    report(batch);
    batch = { seeds: 0, operations: 0, failed: [] };
  };
  for (let seed = from; seed < from + seeds && failures < mostFailures; seed += 1) {
    const result = runOne(seed, replicas[seed % replicas.length] as number, options);
    batch.seeds += 1;
    batch.operations += result.operations;
    const failure = failureOf(result);
    if (failure !== null) {
      batch.failed.push(failure);
      failures += 1;
    }
    if (batch.seeds === BATCH) flush();
  }
  flush();
}

/** One rule after the other; start several with parts of the rules to use more cores. */
function hunt(
  rules: readonly string[],
  where: Pick<Options, 'engine' | 'from' | 'seeds' | 'replicas' | 'policy' | 'focus'>,
): void {
  for (const rule of rules) {
    let tried = 0;
    let found: Failure | null = null;
    const options = { ...where, jobs: 1, mutate: rule, mostFailures: 1 };
    work(options, (report) => {
      tried += report.seeds;
      found ??= report.failed[0] ?? null;
    });
    console.log(showFound(rule, tried, found));
  }
}

function showFound(rule: string, tried: number, found: Failure | null): string {
  if (found === null) return `${rule}: nothing in ${tried} seeds`;
  const { seed, replicas, text } = found;
  return `${rule}: seed ${seed} of ${replicas} after ${tried}: ${found.rule}: ${text.split('\n')[0]?.slice(0, 140)}`;
}

function runAll(options: Options): void {
  const total = { seeds: 0, operations: 0, failed: [] as Failure[] };
  const began = Date.now();
  const share = Math.ceil(options.seeds / options.jobs);
  let open = 0;
  const finish = (): void => {
    const seconds = (Date.now() - began) / 1_000;
    const { seeds, operations, failed } = total;
    process.stdout.write('\n');
    console.log(
      `${seeds} seeds, ${operations} operations in ${seconds.toFixed(0)} s: ${failed.length} failed`,
    );
    summarise(failed, options);
    process.exitCode = failed.length === 0 ? 0 : 1;
  };
  for (let job = 0; job < options.jobs; job += 1) {
    const from = options.from + job * share;
    const seeds = Math.min(share, options.from + options.seeds - from);
    if (seeds <= 0) continue;
    const worker = fork(fileURLToPath(import.meta.url), argumentsOf({ ...options, from, seeds }), {
      // Most of what a run makes is garbage at once.
      execArgv: ['--max-semi-space-size=64'],
    });
    open += 1;
    worker.on('message', (message) => {
      const report = message as Report;
      total.seeds += report.seeds;
      total.operations += report.operations;
      total.failed.push(...report.failed);
      showProgress(total.seeds, options.seeds, total.failed.length, began);
    });
    worker.on('exit', (code) => {
      if (code !== 0) process.exitCode = 2;
      open -= 1;
      if (open === 0) finish();
    });
  }
}

function argumentsOf({
  engine,
  from,
  seeds,
  replicas,
  mutate,
  policy,
  focus,
  mostFailures,
}: Options): string[] {
  return [
    `--engine=${engine}`,
    `--from=${from}`,
    `--seeds=${seeds}`,
    `--replicas=${replicas.join(',')}`,
    `--policy=${policy}`,
    ...(focus === 'all' ? [] : [`--${focus}`]),
    ...(mutate === null ? [] : [`--mutate=${mutate}`]),
    ...(mostFailures === Infinity ? ['--keep-going'] : []),
  ];
}

function showProgress(seeds: number, of: number, failed: number, began: number): void {
  const rate = seeds / ((Date.now() - began) / 1_000);
  const left = (of - seeds) / rate;
  const text = `${seeds} of ${of} seeds, ${rate.toFixed(0)} a second, ${failed} failed, ${left.toFixed(0)} s left`;
  if (process.stdout.isTTY) process.stdout.write(`\r${text}   `);
}

/** Failing seeds by what failed, with the command that replays the first of each kind. */
function summarise(failed: readonly Failure[], { engine, mutate, policy, focus }: Options): void {
  const byRule = groupByRule(failed);
  for (const [rule, failures] of byRule) {
    console.log(`\n${rule}: ${failures.length} seeds`);
    for (const { seed, replicas, text } of failures.slice(0, 5)) {
      const mutation = mutate === null ? '' : ` --mutate "${mutate}"`;
      const under =
        (policy === 'majority' ? '' : ` --policy ${policy}`) + (focus === 'all' ? '' : ` --${focus}`);
      console.log(`  ${text.split('\n').slice(0, 6).join('\n    ')}`);
      const where = engine === 'peers' ? ` --replicas ${replicas}` : ' --engine postgres';
      console.log(`    npm run sim -- --seed ${seed}${where}${under}${mutation} --trace`);
    }
  }
}

function groupByRule(failed: readonly Failure[]): Map<string, Failure[]> {
  const groups = new Map<string, Failure[]>();
  for (const failure of failed) groups.set(failure.rule, [...(groups.get(failure.rule) ?? []), failure]);
  return groups;
}

main();
