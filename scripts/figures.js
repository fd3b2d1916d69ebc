/**
 * `npm run figures`: measures what the README's table of promises says, and writes it there, between `<!-- figure:NAME -->` and
 * `<!-- /figure -->`. `-- --only schedules|rules|outage` for one of them, `--seeds N` for how many schedules (100000: most of half an hour).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';

const README = 'README.md';
const OUTAGE_REPORT = 'bench/report/outage.md';
/** Of outage.md's columns, from 0. */
const COLUMNS = { requests: 1, failed: 2, longestInFirstSecond: 7 };

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '100000' } },
});

const thousands = (number) => number.toLocaleString('en-US');
const today = () => new Date().toISOString().slice(0, 10);

/** Random schedules through the whole simulator, a tenth as many again with holds and baskets. */
function schedules() {
  const seeds = Number(options.seeds);
  const runs = [
    ['--seeds', String(seeds)],
    ['--seeds', String(Math.ceil(seeds / 10)), '--holds'],
  ].map((given) => {
    const { stdout, status } = spawnSync('npm', ['run', 'sim', '--', '--keep-going', ...given], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const told = /^(\d+) seeds, (\d+) operations in \d+ s: (\d+) failed$/m.exec(stdout);
    if (told === null) throw new Error(`the simulator ended with ${status}:\n${stdout}`);
    return told.slice(1).map(Number);
  });
  const [run, operations, failed] = [0, 1, 2].map((at) => runs.reduce((sum, told) => sum + told[at], 0));
  return `${failed} wrong of ${thousands(run)} schedules with ${thousands(operations)} operations (${today()})`;
}

/** Rules that can be switched off, and how many of them a kept run shows to be needed; `test/simulation/mutations` and the model's spec run those. */
async function rules() {
  execFileSync('npx', ['tsc', '-p', 'test/simulation/tsconfig.json'], { stdio: 'inherit' });
  const { countOfRules } = await import('../dist-sim/test/simulation/mutations.js');
  return countOfRules();
}

/** All faults of `npm run bench:outage`. */
function outage() {
  execFileSync('npm', ['run', 'bench:outage'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const rows = readFileSync(OUTAGE_REPORT, 'utf8')
    .split('\n')
    .map((line) => line.split('|').slice(1, -1))
    .filter((cells) => cells.length > COLUMNS.longestInFirstSecond && Number(cells[COLUMNS.requests]) > 0)
    .map((cells) => cells.map((cell) => Number(cell.replaceAll(',', ''))));
  const sum = (column) => rows.reduce((total, cells) => total + cells[column], 0);
  const longest = Math.max(...rows.map((cells) => cells[COLUMNS.longestInFirstSecond]));
  const failed = `${sum(COLUMNS.failed)} of ${thousands(sum(COLUMNS.requests))} requests failed`;
  return `${failed}, the longest of a fault’s first second took ${Math.round(longest)} ms (${today()})`;
}

async function put(name, figure) {
  const readme = readFileSync(README, 'utf8');
  const place = new RegExp(`(<!-- figure:${name} -->)[^|]*?(<!-- /figure -->)`, 'g');
  if (!place.test(readme)) throw new Error(`${README} has no place for ${name}`);
  const written = readme.replace(place, `$1${figure}$2`);
  writeFileSync(README, await format(written, { ...(await resolveConfig(README)), parser: 'markdown' }));
  console.log(`${name}: ${figure}`);
}

for (const [name, measure] of Object.entries({ rules, schedules, outage })) {
  if (options.only === undefined || options.only === name) await put(name, await measure());
}
