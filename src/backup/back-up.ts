import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { type Holdings } from '../catalog/store/verification.js';
import { DEFAULTS } from '../local-cluster/options.js';
import {
  CATALOG_HEADER,
  newBackupName,
  removeOldBackups,
  sha256Of,
  unfinished,
  writeManifest,
} from '../catalog/backup/backup-files.js';
import { removeFile } from './files.js';
import { Mistake, runCommand, type Surroundings } from './mistake.js';
import { seal } from './nobodys-copy.js';
import { findSource, type Source } from './source.js';
import { reasonOf } from '../runtime/start-error.js';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../runtime/stored-files.js';

const HELP = `Stores a copy of a running catalog's books and orders, and verifies it. Sales go on meanwhile.

npm run backup -- --to FOLDER [options]

  --to FOLDER     where backups are kept; it is made if there is none
  --keep N        removes the oldest beyond N, after this one is there (all are kept)
  --from URL      the catalog (in a catalog's container: that one; else those that npm start runs, the first that answers);
                  its CLUSTER_SECRET or CLUSTER_SECRET_FILE is taken from the environment
  --data FOLDER   the data folder of npm start (${DEFAULTS.dataFolder})
  --help          this text`;

/** Until it begins to answer, and without anything coming. */
const LONGEST_WAIT_MS = 30_000;

/** `npm run backup`. Answers the exit code. */
export function backUp(args: readonly string[], surroundings: Surroundings): Promise<number> {
  return runCommand(surroundings, async () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        to: { type: 'string' },
        keep: { type: 'string' },
        from: { type: 'string' },
        data: { type: 'string', default: DEFAULTS.dataFolder },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return surroundings.print(HELP);
    if (values.to === undefined || values.to.trim() === '')
      throw new Mistake('--to is missing, takes the folder of the backups');
    if (values.keep !== undefined && !/^[1-9]\d{0,5}$/.test(values.keep))
      throw new Mistake(`--keep: got "${values.keep}", takes a whole number from 1 to 999999`);
    const folder = resolve(values.to);
    const source = findSource({ from: values.from, dataFolder: values.data }, surroundings.env);
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    const { path, catalog, bytes, holdings } = await store(source, folder);
    const { books, orders, booksHash } = holdings;
    surroundings.print(
      `${path}: ${books} books and ${orders} orders of ${catalog}, ${(bytes / 1e6).toFixed(1)} MB; ` +
        `pages, ledgers and indexes are sound, hash of the books ${booksHash.slice(0, 12)}`,
    );
    if (values.keep === undefined) return;
    const removed = removeOldBackups(folder, Number(values.keep), new Date());
    if (removed > 0) surroundings.print(`Removed the oldest ${removed}, to keep ${values.keep}`);
  });
}

interface Stored {
  readonly path: string;
  readonly catalog: string;
  readonly bytes: number;
  readonly holdings: Holdings;
}

/** Under its name only when it is whole and sound. */
async function store(source: Source, folder: string): Promise<Stored> {
  const now = new Date();
  const path = join(folder, newBackupName(now));
  const copy = unfinished(path);
  try {
    const catalog = await fetchInto(copy, source);
    const holdings = await seal(copy);
    const { size: bytes } = statSync(copy);
    const sha256 = await sha256Of(copy);
    renameSync(copy, path);
    writeManifest(path, { takenAt: now.toISOString(), catalog, bytes, sha256, ...holdings });
    return { path, catalog, bytes, holdings };
  } finally {
    removeFile(copy);
  }
}

/** Answers which catalog gave it. */
async function fetchInto(path: string, { addresses, secret }: Source): Promise<string> {
  const refusals: string[] = [];
  for (const address of addresses) {
    try {
      return await fetchFrom(address, secret, path);
    } catch (error) {
      refusals.push(`${address}: ${reasonOf(error instanceof Error ? (error.cause ?? error) : error)}`);
    }
  }
  throw new Mistake(`No catalog gave a copy. ${refusals.join('; ')}`);
}

async function fetchFrom(address: string, secret: string, path: string): Promise<string> {
  const gaveUp = new AbortController();
  const timer = setTimeout(
    () => gaveUp.abort(new Error(`nothing came for ${LONGEST_WAIT_MS} ms`)),
    LONGEST_WAIT_MS,
  );
  try {
    const response = await fetch(new URL('/backup', address), {
      headers: { authorization: `Bearer ${secret}` },
      signal: gaveUp.signal,
      redirect: 'error',
    });
    if (!response.ok || response.body === null) {
      const { message } = (await response.json().catch(() => ({}))) as { message?: unknown };
      throw new Mistake(`answered ${response.status}${typeof message === 'string' ? ` (${message})` : ''}`);
    }
    const expected = Number(response.headers.get('content-length'));
    const watched = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        timer.refresh();
        yield chunk;
      }
    };
    const body = Readable.fromWeb(response.body);
    await pipeline(body, watched, createWriteStream(path, { mode: OWNER_ONLY }));
    const { size } = statSync(path);
    if (size !== expected) throw new Mistake(`gave ${size} bytes of ${expected}`);
    return response.headers.get(CATALOG_HEADER) ?? address;
  } finally {
    clearTimeout(timer);
  }
}
