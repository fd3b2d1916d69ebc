import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf, StartError } from '../../runtime/start-error.js';
import { DATABASE_PARTS, OWNER_ONLY, timeInName } from '../../runtime/stored-files.js';

/** What is read is not what was written. Carries the code that SQLite gives to what it finds damaged itself. */
export class Damage extends Error {
  readonly code = 'SQLITE_CORRUPT';
}

/** A database that cannot be opened because it is damaged; the message says what to do where there is nobody to learn from. */
export class DamagedFile extends StartError {
  constructor(
    path: string,
    /** What was found. */
    readonly reason: string,
  ) {
    super(
      `${path} is damaged (${reason}): stop this catalog, remove that file and those that begin with its name, and start it again. ` +
        'It then learns all from the other catalogs, when all of them run; if there are none, take it from a backup',
    );
  }
}

/** What SQLite, or a checksum, says of a file that makes no sense. */
export function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));
}

/** So that the next start knows, also where the damage lies deep inside the file. */
export function noteDamage(path: string, reason: string): void {
  writeFileSync(notePath(path), `${reason}\n`, { mode: OWNER_ONLY, flush: true });
}

/** Undefined: none was noted. A note of a file that is gone says nothing of the next one. */
export function notedDamage(path: string): string | undefined {
  if (!existsSync(notePath(path))) return undefined;
  if (existsSync(path)) return readFileSync(notePath(path), 'utf8').trim();
  rmSync(notePath(path));
  return undefined;
}

/** Answers under which name the file is kept. */
export function setAside(path: string, now: Date): string {
  const kept = `${path}.damaged-${timeInName(now)}`;
  for (const part of DATABASE_PARTS) {
    if (existsSync(`${path}${part}`)) renameSync(`${path}${part}`, `${kept}${part}`);
  }
  rmSync(notePath(path), { force: true });
  return kept;
}

function notePath(path: string): string {
  return `${path}.damage`;
}
