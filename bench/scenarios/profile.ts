import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shown } from '../figures.js';
import { cpuSeconds, type Run, type Scenario, type Section, type Table } from '../run.js';
import { buyersAt } from '../whole-way/buyers.js';
import { type CpuProfile, type Kind, KINDS, timeByKind } from '../whole-way/profile.js';
import { type Shop, startBazar } from '../whole-way/shop.js';
import { hasWrk } from '../wrk.js';

const ROLES = ['frontend', 'order', 'catalog'] as const;
type Role = (typeof ROLES)[number];

const WORKLOADS = [
  { title: 'A sale, 50 clients, 1,000 books', connections: 50, lookups: 0 },
  { title: 'A sale, one client', connections: 1, lookups: 0 },
  { title: 'A request of 90 % look-ups and 10 % sales, 50 clients', connections: 50, lookups: 0.9 },
  { title: 'A look-up, 50 clients', connections: 50, lookups: 1 },
] as const;
const WARMING = { connections: 50, seconds: 2 };
const WRITTEN_WITHIN_MS = 20_000;
const POLL_MS = 50;

export const profile: Scenario = { name: 'profile', once: true, run: measureProfile };

/** Where the processor time of a buyer's request goes, role by role: why the whole way costs what it does. */
async function measureProfile(run: Run): Promise<Section> {
  const title = 'Where the processor time of a buyer’s request goes';
  if (!hasWrk())
    return { title, text: ['wrk is not installed: left out.'], tables: [], plots: [], raw: null };
  const folder = mkdtempSync(join(tmpdir(), 'bazar-bench-'));
  const profiler = new URL('../whole-way/profiler.js', import.meta.url).href;
  let shop: Shop | undefined;
  try {
    shop = await startBazar('Bazar', 'dist/main.js', {
      NODE_OPTIONS: `--import=${profiler}`,
      PROFILES: folder,
    });
    for (const lookups of [0, 0.9]) {
      run.progress('warming');
      const { connections, seconds } = WARMING;
      for (let turn = 0; turn < (run.quick ? 2 : 6); turn += 1) {
        await buyersAt(shop.addresses, { connections, lookups, books: shop.books }, seconds, folder);
      }
    }
    const profiled: Profiled[] = [];
    for (const workload of WORKLOADS) {
      run.progress(workload.title);
      profiled.push(await profileOf(run, shop, workload, folder));
    }
    return {
      title,
      text: [
        'Microseconds of processor time for each request, of all processes of a role together: three catalogs, two order servers, two ' +
          'front-ends. The sums are what the system counted of all their threads; they are shared out as V8’s samples of the main threads ' +
          'lie (one every 0.4 ms).',
      ],
      tables: profiled.map(tableOfProfile),
      plots: [],
      raw: profiled.map(({ roles, ...rest }) => ({
        ...rest,
        roles: roles.map(({ sampled, ...role }) => ({ ...role, sampled: Object.fromEntries(sampled) })),
      })),
    };
  } finally {
    await shop?.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface RoleProfile {
  readonly role: Role;
  /** Microseconds of all threads for a request, as the system counts. */
  readonly cpuUs: number;
  /** Microseconds that the samples of the main threads stand for. */
  readonly sampled: ReadonlyMap<Kind, number>;
}

interface Profiled {
  readonly title: string;
  readonly answers: number;
  readonly failures: number;
  readonly roles: readonly RoleProfile[];
}

async function profileOf(
  run: Run,
  shop: Shop,
  { title, connections, lookups }: (typeof WORKLOADS)[number],
  folder: string,
): Promise<Profiled> {
  const pids = new Map(ROLES.map((role) => [role, shop.pids.filter((pid) => roleOf(pid) === role)]));
  const counted = (): number[] => ROLES.map((role) => cpuSeconds(pids.get(role) ?? []));
  const before = counted();
  shop.pids.forEach((pid) => process.kill(pid, 'SIGUSR2'));
  const buyers = { connections, lookups, books: shop.books };
  const { answers, failures } = await buyersAt(shop.addresses, buyers, run.seconds, folder);
  const used = counted().map((seconds, index) => ((seconds - (before[index] ?? NaN)) * 1e6) / answers);
  shop.pids.forEach((pid) => process.kill(pid, 'SIGUSR2'));
  const sampled: Map<Kind, number>[] = [];
  for (const role of ROLES) {
    const sums = new Map<Kind, number>();
    for (const pid of pids.get(role) ?? []) {
      const file = join(folder, `${role}-${pid}.json`);
      for (const [kind, us] of timeByKind(await writtenTo(file))) sums.set(kind, (sums.get(kind) ?? 0) + us);
      rmSync(file);
    }
    sampled.push(sums);
  }
  return {
    title,
    answers,
    failures,
    roles: ROLES.map((role, index) => ({
      role,
      cpuUs: used[index] ?? NaN,
      sampled: sampled[index] ?? new Map(),
    })),
  };
}

function roleOf(pid: number): string | undefined {
  return /(?:^|\0)ROLE=(\w+)/.exec(readFileSync(`/proc/${pid}/environ`, 'latin1'))?.[1];
}

/** Until a role has written it whole. */
async function writtenTo(file: string): Promise<CpuProfile> {
  const until = performance.now() + WRITTEN_WITHIN_MS;
  for (;;) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as CpuProfile;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function tableOfProfile({ title, answers, failures, roles }: Profiled): Table {
  const row = (name: string, us: (role: RoleProfile) => number): string[] => {
    const each = roles.map(us);
    return [name, ...[...each, each.reduce((sum, one) => sum + one, 0)].map(shown)];
  };
  return {
    title: `${title} (${answers} answers, ${failures} failures)`,
    columns: ['', 'front-ends', 'order servers', 'catalogs', 'all'],
    rows: [
      ...KINDS.map((kind) =>
        row(kind, ({ cpuUs, sampled }) => {
          const all = [...sampled.values()].reduce((sum, us) => sum + us, 0);
          return all === 0 ? 0 : ((sampled.get(kind) ?? 0) / all) * cpuUs;
        }),
      ),
      row('all', ({ cpuUs }) => cpuUs),
    ],
  };
}
