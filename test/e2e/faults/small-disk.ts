import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, closeSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type RoleInOwnProcess } from '../../support/processes.js';

/** Where one catalog keeps its books, and which a test can fill. */
export interface SmallDisk {
  readonly folder: string;
  /** No more byte can be written, by the process that runs now. */
  fill(catalog: RoleInOwnProcess): void;
  clear(catalog: RoleInOwnProcess): void;
  /** To be called when nobody uses it any more. */
  remove(): void;
}

const SIZE = '16m';
const CHUNK = Buffer.alloc(64 * 1024);

/** A file system of its own where this process may mount one, else a folder whose user may be denied larger files. */
export function smallDisk(folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]).status === 0;
  return mounted ? mountedDisk(folder) : limitedFolder(folder);
}

function mountedDisk(folder: string): SmallDisk {
  const filler = join(folder, 'filler');
  return {
    folder,
    fill: () => {
      const file = openSync(filler, 'a');
      // The last chunk is written in part; then not a byte fits.
      while (writes(file, CHUNK) || writes(file, CHUNK.subarray(0, 1)));
      closeSync(file);
    },
    clear: () => rmSync(filler),
    remove: () => {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

function writes(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) > 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

/** Writes beyond the limit end in EFBIG, for Node ignores the signal. */
function limitedFolder(folder: string): SmallDisk {
  const limit = ({ pid }: RoleInOwnProcess, bytes: string): void => {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
  };
  return {
    folder,
    fill: (catalog) => limit(catalog, '1'),
    clear: (catalog) => limit(catalog, 'unlimited'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
