import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { createReadStream, readFileSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { parseArgs } from 'node:util';
import { reasonOf } from '../runtime/start-error.js';
import { type ImportPreview, type ImportReport } from '../contract/public-import.js';
import { previewLines, reportLines } from './import-report.js';
import { readAnnouncement } from './data-folder.js';
import { DEFAULTS } from './options.js';
import { type ProgressLine, progressLine, type Terminal } from './progress-line.js';

export interface ImportSurroundings {
  print(line: string): void;
  complain(line: string): void;
  readonly terminal: Terminal;
}

const HELP = `Adds the books of a file to a running bookstore. Running it again changes nothing.

npm run import -- FILE [options]

  FILE                 .csv, .tsv or .txt whose first line names the columns (title, topic, price, quantity, and if you
                       like isbn, author; or as shops and lists of books call them: name, genre, stock, isbn13 …),
                       or .jsonl with an object in each line
  --preview            changes nothing: shows how the file is understood
  --map FIELD=COLUMN   which column a field is (again for each: --map title=Name --map topic=Shelf)
  --set FIELD=VALUE    what a field is in rows that do not say it (--set topic=Novels)
  --separator CHAR     what stands between columns, or tab (found out: , ; tab |)
  --encoding NAME      windows-1252, for example (found out: UTF-8 and UTF-16)
  --update             sets price and copies of books that are there already to what the file says
  --url URL            a front-end (the one that npm start runs)
  --token TOKEN        its ADMIN_TOKEN (the one that npm start made)
  --data FOLDER        the data folder of npm start (${DEFAULTS.dataFolder})
  --help               this text`;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/csv',
  '.tab': 'text/csv',
  '.txt': 'text/csv',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
};

const PREVIEW_BYTES = 1024 * 1024;

interface ImportPlan {
  readonly file: string;
  readonly contentType: string;
  readonly url: string;
  readonly token: string;
  readonly preview: boolean;
  /** Parameters of the request. */
  readonly query: string;
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
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const lines = plan.preview
      ? previewLines(answer as ImportPreview)
      : reportLines(answer as ImportReport, seconds);
    for (const line of lines) surroundings.print(line);
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
    throw new Mistake(`${file}: takes a file that ends in .csv, .tsv, .txt, .jsonl or .ndjson`);
  const announcement = readAnnouncement(values.data ?? DEFAULTS.dataFolder);
  const url = values.url ?? announcement?.frontEnds[0];
  if (url === undefined) throw new Mistake('No bookstore is known: start one with npm start, or give --url');
  const token = values.token ?? tokenFrom(announcement?.adminTokenFile);
  if (token === undefined) throw new Mistake('The admin token is not known: give --token');
  const preview = values.preview === true;
  return { file, contentType, url: url.replace(/\/+$/, ''), token, preview, query: queryOf(values) };
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
        preview: { type: 'boolean' },
        map: { type: 'string', multiple: true },
        set: { type: 'string', multiple: true },
        separator: { type: 'string' },
        encoding: { type: 'string' },
        update: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function queryOf(values: ReturnType<typeof parseOrExplain>['values']): string {
  const query = new URLSearchParams();
  for (const wish of values.map ?? []) query.append('map', wish);
  for (const wish of values.set ?? []) query.append('set', wish);
  if (values.separator !== undefined) query.set('separator', values.separator);
  if (values.encoding !== undefined) query.set('encoding', values.encoding);
  if (values.update === true) query.set('update', 'true');
  if (values.preview === true) query.set('preview', 'true');
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function tokenFrom(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function upload(plan: ImportPlan, terminal: Terminal): Promise<ImportReport | ImportPreview> {
  const size = plan.preview ? await wholeLinesOf(plan.file) : await sizeOf(plan.file);
  const progress = progressLine(terminal, size);
  // A single rare call: axios is convenient here, and too slow between the roles (docs/adr/0005).
  const http = new HttpService(axios.create({ maxRedirects: 0, maxBodyLength: Infinity }));
  try {
    const response = await http.axiosRef.post<unknown>(
      `${plan.url}/books/import${plan.query}`,
      counted(plan.file, size, progress),
      {
        headers: {
          'content-type': plan.contentType,
          'content-length': String(size),
          authorization: `Bearer ${plan.token}`,
        },
        validateStatus: () => true,
      },
    );
    if (response.status === 200) return response.data as ImportReport | ImportPreview;
    throw new Mistake(
      `${plan.url} answered ${response.status}: ${messageOf(response.data)}${cureFor(response.data)}`,
    );
  } catch (error) {
    if (error instanceof Mistake) throw error;
    throw new Mistake(`${plan.url} could not be reached: ${reasonOf(error)}`);
  } finally {
    progress.end();
  }
}

/** Bytes of a file, or of the whole lines that it begins with if it is long: enough to see how it is understood. */
async function wholeLinesOf(file: string): Promise<number> {
  const size = await sizeOf(file);
  if (size <= PREVIEW_BYTES) return size;
  const opened = await open(file);
  try {
    const { buffer, bytesRead } = await opened.read(Buffer.alloc(PREVIEW_BYTES), 0, PREVIEW_BYTES, 0);
    const end = buffer.lastIndexOf(0x0a, bytesRead - 2);
    // UTF-16, the lower byte first: the line ends with the next.
    return end === -1 ? bytesRead : end + (buffer[end + 1] === 0 ? 2 : 1);
  } finally {
    await opened.close();
  }
}

function counted(file: string, size: number, progress: ProgressLine): NodeJS.ReadableStream {
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      progress.advance(chunk.length);
      done(null, chunk);
    },
  });
  if (size === 0) return Readable.from([]);
  return createReadStream(file, { end: size - 1 })
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

/** What to say about a file that leaves a doubt, or nothing. */
function cureFor(body: unknown): string {
  const doubtful =
    typeof body === 'object' && body !== null && 'doubtful' in body ? body.doubtful : undefined;
  if (!Array.isArray(doubtful) || doubtful.length === 0) return '';
  if (doubtful.includes('encoding'))
    return '\n--encoding windows-1252 reads most such files; what was created stays as it is';
  return `\n--map FIELD=COLUMN says which column it is, --set FIELD=VALUE what it is in all rows; --preview shows the columns`;
}
