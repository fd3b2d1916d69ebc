import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { svgOf } from './plot.js';
import { type Section, type Table } from './run.js';

const FOLDER = 'bench/report';

/** The machine, told in each report: figures mean something beside each other, on one machine, in one run. */
export function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const busy = loadavg()[0]?.toFixed(1) ?? '?';
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, ${gigabytes} GB, Node ${process.version}; load average at the start ${busy}.`;
}

/** Writes into `bench/report/`: README.md, a plot of each kind, and the raw figures. Returns where. */
export function writeReport(
  heading: readonly string[],
  sections: readonly { readonly name: string; readonly section: Section }[],
): string {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, 'README.md');
  const parts = sections.map(({ section }) => markdownOf(section));
  writeFileSync(file, ['# What Bazar costs, and what others do', ...heading, ...parts, ''].join('\n\n'));
  for (const { section } of sections) {
    for (const plot of section.plots) writeFileSync(join(FOLDER, `${plot.name}.svg`), svgOf(plot));
  }
  const raw = Object.fromEntries(sections.map(({ name, section }) => [name, section.raw]));
  writeFileSync(join(FOLDER, 'figures.json'), `${JSON.stringify(raw, null, 2)}\n`);
  return file;
}

function markdownOf({ title, text, tables, plots }: Section): string {
  return [
    `## ${title}`,
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
