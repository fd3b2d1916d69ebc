import { createHash, randomBytes } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Holdings } from '../store/verification.js';
import { OWNER_ONLY, timeInName } from '../../runtime/stored-files.js';

/** What stands beside a backup, under its name with `.json`: without it, it is none. */
export interface Manifest extends Holdings {
  /** ISO 8601. */
  readonly takenAt: string;
  /** Address of the catalog, as it gives it. */
  readonly catalog: string;
  readonly bytes: number;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** Which catalog a copy is of. */
export const CATALOG_HEADER = 'x-bazar-catalog';

const BACKUP = /^bazar-\d{8}T\d{6}Z-[0-9a-f]{6}\.sqlite$/;
const UNFINISHED = /^bazar-.*\.unfinished(-wal|-shm|-journal)?$/;
/** Nobody is at work on one that is so old. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;

/** Begins with the time, so that the order of names is that of time. */
export function newBackupName(now: Date): string {
  return `bazar-${timeInName(now)}-${randomBytes(3).toString('hex')}.sqlite`;
}

export function unfinished(path: string): string {
  return `${path}.unfinished`;
}

/** The oldest first. */
export function backupsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => BACKUP.test(name) && existsSync(manifestPath(join(folder, name))))
    .sort()
    .map((name) => join(folder, name));
}

export function writeManifest(path: string, manifest: Manifest): void {
  const whole = manifestPath(path);
  writeFileSync(unfinished(whole), `${JSON.stringify(manifest, null, 2)}\n`, {
    mode: OWNER_ONLY,
    flush: true,
  });
  renameSync(unfinished(whole), whole);
}

/** Undefined: there is none. */
export function readManifest(path: string): Manifest | undefined {
  const file = manifestPath(path);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
}

/** Removes the oldest beyond `keep`, and what was left by a backup that was broken off long ago. Answers how many backups went. */
export function removeOldBackups(folder: string, keep: number, now: Date): number {
  const surplus = backupsIn(folder).slice(0, -keep);
  for (const path of surplus) {
    // First what makes it a backup: one that is half removed is none.
    rmSync(manifestPath(path));
    rmSync(path);
  }
  for (const name of readdirSync(folder).filter((each) => UNFINISHED.test(each))) {
    const path = join(folder, name);
    if (now.getTime() - statSync(path).mtimeMs > ABANDONED_AFTER_MS) rmSync(path);
  }
  return surplus.length;
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function manifestPath(path: string): string {
  return path.replace(/\.sqlite$/, '.json');
}
