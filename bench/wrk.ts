import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isInstalled } from './processes.js';
import { type Load } from './run.js';

const run = promisify(execFile);
const canPin = isInstalled('taskset');

export const hasWrk = (): boolean => isInstalled('wrk');

export interface WrkOptions {
  readonly connections: number;
  readonly core?: number;
  /** Asked in turn instead of the path of the address; kept in `folder`. */
  readonly paths?: readonly string[];
  readonly folder?: string;
  /** Lua that makes the requests, and its threads (one unless said). */
  readonly script?: string;
  readonly threads?: number;
}

/** Load by wrk (whole seconds), which writes its own latencies; those of all connections. */
export async function wrk(url: string, seconds: number, options: WrkOptions): Promise<Load> {
  const args = [
    `-t${options.threads ?? 1}`,
    `-c${options.connections}`,
    `-d${Math.ceil(seconds)}s`,
    '--latency',
    '--timeout',
    '10s',
  ];
  if (options.paths !== undefined) args.push('-s', scriptOf(options.paths, options.folder ?? '.'));
  if (options.script !== undefined) args.push('-s', options.script);
  const pinned = options.core !== undefined && canPin ? ['taskset', '-c', String(options.core)] : [];
  const [command = 'wrk', ...rest] = [...pinned, 'wrk', ...args, url];
  const { stdout } = await run(command, rest);
  const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout);
  return {
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: latency(stdout, 50),
    p99Ms: latency(stdout, 99),
    answers: number(/(\d+) requests in/),
    failures:
      number(/Non-2xx or 3xx responses: (\d+)/) +
      (errors?.slice(1).reduce((sum, each) => sum + Number(each), 0) ?? 0),
  };
}

const MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function latency(output: string, percent: number): number {
  const [, value, unit] = new RegExp(`\\s${percent}(?:\\.0+)?%\\s+([\\d.]+)(us|ms|s|m)`).exec(output) ?? [];
  return Number(value) * (MS[unit ?? ''] ?? NaN);
}

/** The requests are made once, so that the load stays cheap. */
function scriptOf(paths: readonly string[], folder: string): string {
  const file = join(folder, 'paths.lua');
  const list = paths.map((path) => JSON.stringify(path)).join(',\n');
  writeFileSync(
    file,
    `local paths = {\n${list}\n}
local requests = {}
local at = 0
function init(args)
  for i, path in ipairs(paths) do requests[i] = wrk.format('GET', path) end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
`,
  );
  return file;
}

/** Several at once, each against a server of its own: answers add up, the worst latency counts. */
export async function wrkAll(
  urls: readonly string[],
  seconds: number,
  optionsOf: (index: number) => WrkOptions,
): Promise<Load> {
  const loads = await Promise.all(urls.map((url, index) => wrk(url, seconds, optionsOf(index))));
  const sum = (of: (load: Load) => number): number => loads.reduce((total, load) => total + of(load), 0);
  return {
    perSecond: sum(({ perSecond }) => perSecond),
    p50Ms: Math.max(...loads.map(({ p50Ms }) => p50Ms)),
    p99Ms: Math.max(...loads.map(({ p99Ms }) => p99Ms)),
    answers: sum(({ answers }) => answers),
    failures: sum(({ failures }) => failures),
  };
}
