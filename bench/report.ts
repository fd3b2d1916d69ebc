import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { svgOf } from './plot.js';
import { type Section, type Table } from './run.js';

const FOLDER = 'bench/report';
const README = 'README.md';
const COSTS = 'docs/what-it-costs.md';

/** The machine, told in each report: figures mean something beside each other, on one machine, in one run. */
export function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const busy = loadavg()[0]?.toFixed(1) ?? '?';
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, Node ${process.version}; load average at the start ${busy}.`;
}

/** What a scenario said, with the machine it ran on: kept until it is run again. */
interface Kept {
  readonly about: string;
  readonly section: Section;
}

export function keepSection(name: string, about: string, section: Section): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(fileOf(name), `${JSON.stringify({ about, section } satisfies Kept, null, 2)}\n`);
  for (const plot of section.plots) writeFileSync(join(FOLDER, `${plot.name}.svg`), svgOf(plot));
}

/** Writes `README.md` of all sections that are kept, in this order; their raw figures stand beside it. Returns where. */
export function writeReport(names: readonly string[]): string {
  const parts = names.flatMap((name) => {
    if (!existsSync(fileOf(name))) return [];
    const { about, section } = JSON.parse(readFileSync(fileOf(name), 'utf8')) as Kept;
    return [markdownOf(section, `${about} Raw figures: [${name}.json](${name}.json).`)];
  });
  const file = join(FOLDER, 'README.md');
  writeFileSync(file, ['# What Bazar costs, and what others do', ...parts, ''].join('\n\n'));
  return file;
}

/**
 * Puts the tables of a section into the documents that have a place for them, between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, with
 * the day and the machine: the README takes the first one.
 */
export async function putIntoDocuments(name: string, about: string, { tables }: Section): Promise<void> {
  for (const [document, taken] of [
    [README, tables.slice(0, 1)],
    [COSTS, tables],
  ] as const) {
    const text = readFileSync(document, 'utf8');
    const place = new RegExp(`(<!-- bench:${name} -->)[^]*(<!-- /bench:${name} -->)`);
    if (taken.length === 0 || !place.test(text)) continue;
    const day = new Date().toISOString().slice(0, 10);
    const written = [
      ...taken.map((table) => `**${table.title}**\n\n${markdownTable(table)}`),
      `Measured on ${day} by \`npm run bench -- ${process.argv.slice(2).join(' ')}\`: ${about}`,
    ].join('\n\n');
    const changed = text.replace(
      place,
      (_, begin: string, end: string) => `${begin}\n\n${written}\n\n${end}`,
    );
    const options = { ...(await resolveConfig(document)), parser: 'markdown' };
    writeFileSync(document, await format(changed, options));
  }
}

const fileOf = (name: string): string => join(FOLDER, `${name}.json`);

function markdownOf({ title, text, tables, plots }: Section, about: string): string {
  return [
    `## ${title}`,
    about,
    ...text,
    ...tables.map((table) => `**${table.title}**\n\n${markdownTable(table)}`),
    ...plots.map((plot) => `![${plot.title}](${plot.name}.svg)`),
  ].join('\n\n');
}

function markdownTable({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(columns),
    line(columns.map((_, index) => (index === 0 ? '---' : '--:'))),
    ...rows.map(line),
  ].join('\n');
}
