import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { createReadStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Transform } from 'node:stream';
import { parseArgs } from 'node:util';
import { readAnnouncement } from './data-folder.js';
import { DEFAULTS } from './options.js';
import { type ProgressLine, progressLine, type Terminal } from './progress-line.js';

export interface ImportSurroundings {
  print(line: string): void;
  complain(line: string): void;
  readonly terminal: Terminal;
}

export interface ImportAnswer {
  readonly created: number;
  readonly unchanged: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

const HELP = `Adds the books of a file to a running bookstore. Running it again changes nothing.

npm run import -- FILE [options]

  FILE            .csv with a header line (title, topic, price, quantity, and if you like isbn, author),
                  or .jsonl with an object in each line
  --url URL       a front-end (the one that npm start runs)
  --token TOKEN   its ADMIN_TOKEN (the one that npm start made)
  --data FOLDER   the data folder of npm start (${DEFAULTS.dataFolder})
  --help          this text`;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
};

interface ImportPlan {
  readonly file: string;
  readonly contentType: string;
  readonly url: string;
  readonly token: string;
}

/** What is wrong, for people; no stack. */
class Mistake extends Error {}

/** `npm run import`. Answers the exit code: 0 also when rows were rejected, for the others were taken. */
export async function importBooks(
  args: readonly string[],
  surroundings: ImportSurroundings,
): Promise<number> {
  try {
    const plan = parseImport(args);
    if (plan === 'help') {
      surroundings.print(HELP);
      return 0;
    }
    const started = performance.now();
    const answer = await upload(plan, surroundings.terminal);
    for (const { line, reason } of answer.rejected) surroundings.print(`line ${line}: ${reason}`);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const { created, unchanged, rejected } = answer;
    surroundings.print(
      `${created} created, ${unchanged} unchanged, ${rejected.length} rejected in ${seconds} s`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    surroundings.complain(error.message);
    return 1;
  }
}

function parseImport(args: readonly string[]): ImportPlan | 'help' {
  const { values, positionals } = parseOrExplain(args);
  if (values.help === true) return 'help';
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new Mistake(HELP);
  const contentType = CONTENT_TYPES[extname(file).toLowerCase()];
  if (contentType === undefined)
    throw new Mistake(`${file}: takes a file that ends in .csv, .jsonl or .ndjson`);
  const announcement = readAnnouncement(values.data ?? DEFAULTS.dataFolder);
  const url = values.url ?? announcement?.frontEnds[0];
  if (url === undefined) throw new Mistake('No bookstore is known: start one with npm start, or give --url');
  const token = values.token ?? tokenFrom(announcement?.adminTokenFile);
  if (token === undefined) throw new Mistake('The admin token is not known: give --token');
  return { file, contentType, url: url.replace(/\/+$/, ''), token };
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        token: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function tokenFrom(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function upload(plan: ImportPlan, terminal: Terminal): Promise<ImportAnswer> {
  const size = await sizeOf(plan.file);
  const progress = progressLine(terminal, size);
  // A single rare call: axios is convenient here, and too slow between the roles (docs/adr/0005).
  const http = new HttpService(axios.create({ maxRedirects: 0, maxBodyLength: Infinity }));
  try {
    const response = await http.axiosRef.post<unknown>(
      `${plan.url}/books/import`,
      counted(plan.file, progress),
      {
        headers: {
          'content-type': plan.contentType,
          'content-length': String(size),
          authorization: `Bearer ${plan.token}`,
        },
        validateStatus: () => true,
      },
    );
    if (response.status === 200) return response.data as ImportAnswer;
    throw new Mistake(`${plan.url} answered ${response.status}: ${messageOf(response.data)}`);
  } catch (error) {
    if (error instanceof Mistake) throw error;
    throw new Mistake(`${plan.url} could not be reached: ${reasonOf(error)}`);
  } finally {
    progress.end();
  }
}

function counted(file: string, progress: ProgressLine): NodeJS.ReadableStream {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      progress.advance(chunk.length);
      done(null, chunk);
    },
  });
  return createReadStream(file)
    .on('error', (error) => counter.destroy(error))
    .pipe(counter);
}

async function sizeOf(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
  } catch (error) {
    throw new Mistake(`${file}: ${reasonOf(error)}`);
  }
  throw new Mistake(`${file} is not a file`);
}

function messageOf(body: unknown): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : body;
  return typeof message === 'string' ? message : JSON.stringify(message);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return error.message || (code ?? error.name);
}
