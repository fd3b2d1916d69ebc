import { parseArgs } from 'node:util';
import { keepSection, machine, putIntoDocuments, writeReport } from './report.js';
import { type Run, type Scenario } from './run.js';
import { original } from './scenarios/original.js';
import { ownTopics, sharedTopics } from './scenarios/growth-books.js';
import { catchUps } from './scenarios/growth-catch-up.js';
import { frontEnds, replicas } from './scenarios/growth-processes.js';
import { searches } from './scenarios/growth-search.js';
import { flood } from './scenarios/flood.js';
import { holds } from './scenarios/holds.js';
import { profile } from './scenarios/profile.js';
import { reads } from './scenarios/reads.js';
import { stalls } from './scenarios/stalls.js';
import { starts } from './scenarios/starts.js';
import { WHOLE_WAY_PARTS, wholeWay } from './scenarios/whole-way.js';
import { writes } from './scenarios/writes.js';

const SCENARIOS: readonly Scenario[] = [
  wholeWay,
  profile,
  holds,
  reads,
  writes,
  original,
  sharedTopics,
  ownTopics,
  searches,
  catchUps,
  replicas,
  frontEnds,
  starts,
  stalls,
  flood,
];
const USAGE = `npm run bench -- [--quick] [--only SCENARIO]… [--rounds N] [--seconds N] [--part PART]… [--against FOLDER] [--on-postgres] [--readme]
Scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}; "growth" is all that begin so.
The report goes to bench/report/, and keeps what was measured before.
whole-way takes parts (${WHOLE_WAY_PARTS.join(', ')}), another checkout that is measured beside this
one (--against), the same one with its catalogs on PostgreSQL (--on-postgres), and, as profile, puts its tables into the documents (--readme).
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      part: { type: 'string', multiple: true, default: [] },
      against: { type: 'string' },
      'on-postgres': { type: 'boolean', default: false },
      readme: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { only } = values;
  const chosen = SCENARIOS.filter(({ name }) => only?.some((each) => isMeant(each, name)) ?? true);
  const isUnknown = only?.some((each) => !SCENARIOS.some(({ name }) => isMeant(each, name))) ?? false;
  if (values.help || isUnknown) {
    process.stderr.write(USAGE);
    return values.help ? 0 : 2;
  }
  const rounds = `Medians of ${values.quick ? 'short ' : ''}rounds in turn, in brackets the lowest and the highest.`;
  const began = machine();
  for (const [index, scenario] of chosen.entries()) {
    const run: Run = {
      quick: values.quick,
      rounds: Number(values.rounds ?? (values.quick ? 2 : 5)),
      seconds: Number(values.seconds ?? (values.quick ? 1 : 5)),
      parts: values.part,
      against: values.against,
      onPostgres: values['on-postgres'],
      progress: (what) => draw(`[${index + 1}/${chosen.length}] ${scenario.name}: ${what}`),
    };
    // Each time, so that what was measured is there even if a later one fails.
    const section = await scenario.run(run);
    const about = `${began} ${scenario.once ? 'Each workload once.' : rounds}`;
    keepSection(scenario.name, about, section);
    if (values.readme) await putIntoDocuments(scenario.name, about, section);
    const file = writeReport(SCENARIOS.map(({ name }) => name));
    draw('');
    process.stderr.write(`${scenario.name}: see ${file}\n`);
  }
  return 0;
}

const isMeant = (only: string, name: string): boolean => name === only || name.startsWith(`${only}-`);

/** Where nobody watches, a line now and then shows that something is being done. */
const LINE_EVERY_MS = 10_000;
let lineAt = -LINE_EVERY_MS;

function draw(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  else if (line !== '' && performance.now() - lineAt >= LINE_EVERY_MS) {
    lineAt = performance.now();
    process.stderr.write(`${line}\n`);
  }
}

process.exit(await main());
