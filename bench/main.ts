import { parseArgs } from 'node:util';
import { machine, writeReport } from './report.js';
import { type Run, type Scenario, type Section } from './run.js';
import { reads } from './scenarios/reads.js';
import { writes } from './scenarios/writes.js';

const SCENARIOS: readonly Scenario[] = [reads, writes];
const USAGE = `npm run bench -- [--quick] [--only SCENARIO]… [--rounds N] [--seconds N]
Scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}. The report goes to bench/report/.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = SCENARIOS.filter(({ name }) => values.only?.includes(name) ?? true);
  if (values.help || chosen.length === 0 || (values.only ?? []).length > chosen.length) {
    process.stderr.write(USAGE);
    return values.help ? 0 : 2;
  }
  const heading = [
    `${machine()} Medians of ${values.quick ? 'short ' : ''}rounds in turn, in brackets the lowest and the highest.`,
  ];
  const sections: { name: string; section: Section }[] = [];
  for (const [index, scenario] of chosen.entries()) {
    const run: Run = {
      quick: values.quick,
      rounds: Number(values.rounds ?? (values.quick ? 2 : 5)),
      seconds: Number(values.seconds ?? (values.quick ? 1 : 5)),
      progress: (what) => draw(`[${index + 1}/${chosen.length}] ${scenario.name}: ${what}`),
    };
    sections.push({ name: scenario.name, section: await scenario.run(run) });
    // Each time, so that what was measured is there even if a later one fails.
    const file = writeReport(heading, sections);
    draw('');
    process.stderr.write(`${scenario.name}: see ${file}\n`);
  }
  return 0;
}

function draw(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}

process.exit(await main());
