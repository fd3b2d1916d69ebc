import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { codeOf, reasonOf, StartError } from '../runtime/start-error.js';
import { FileLock, isOpenElsewhere } from './folder-lock.js';
import { type SecretFiles } from './plan.js';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../runtime/stored-files.js';

/** What `npm run import` and `npm run backup` want to know of a running local cluster. */
export interface Announcement {
  readonly frontEnds: readonly string[];
  readonly adminTokenFile: string;
  readonly catalogs: readonly string[];
  readonly clusterSecretFile: string;
}

const ANNOUNCEMENT = 'local-cluster.json';
const LOCK = 'local-cluster.lock';
const OWNER_AND_PASSERS_BY = 0o711;
const POSTGRES = 'postgres';
const DATABASE = /^catalog-(\d{1,3})\.sqlite$/;

/** Where a local cluster keeps its databases and secrets from run to run. One bookstore at a time has it. */
export class DataFolder {
  readonly path: string;
  private readonly lock: FileLock;

  /** Throws `StartError` when it is no folder, cannot be written, or is another bookstore's. */
  constructor(path: string) {
    this.path = resolve(path);
    this.lock = this.open();
  }

  /** Removes the catalogs' databases, and nothing else that may lie there. Throws `StartError`, with all still there, when one is in use. */
  forgetBooks(): void {
    const names = readdirSync(this.path);
    for (const name of names.filter((each) => DATABASE.test(each))) {
      if (!isOpenElsewhere(join(this.path, name))) continue;
      throw new StartError(
        `${join(this.path, name)} is open in another process: stop that first. Nothing was removed.`,
      );
    }
    for (const name of names) {
      if (/^catalog-\d+\.sqlite/.test(name) || name === POSTGRES)
        rmSync(join(this.path, name), { recursive: true });
    }
  }

  /** Made at the first run. */
  secrets(): SecretFiles {
    return {
      clusterSecret: this.secret('cluster-secret'),
      peerSecret: this.secret('peer-secret'),
      adminToken: this.secret('admin-token'),
    };
  }

  /** Where a PostgreSQL of its own has its files, and its password; as root that runs as another user, who has to come through. */
  postgres(): { readonly folder: string; readonly password: string } {
    if (process.getuid?.() === 0) chmodSync(this.path, OWNER_AND_PASSERS_BY);
    return {
      folder: join(this.path, POSTGRES),
      password: readFileSync(this.secret('postgres-password'), 'utf8').trim(),
    };
  }

  announce(frontEnds: readonly string[], catalogs: readonly string[]): void {
    const announcement: Announcement = {
      frontEnds,
      adminTokenFile: join(this.path, 'admin-token'),
      catalogs,
      clusterSecretFile: join(this.path, 'cluster-secret'),
    };
    writeOwnFile(join(this.path, ANNOUNCEMENT), `${JSON.stringify(announcement, null, 2)}\n`);
  }

  /** How many catalogs had their books here, those whose files are lost among them. */
  countCatalogs(): number {
    const numbers = readdirSync(this.path).map((name) => Number(DATABASE.exec(name)?.[1] ?? 0));
    return Math.max(0, readAnnouncement(this.path)?.catalogs?.length ?? 0, ...numbers);
  }

  /** Somebody else may have it from now on. */
  close(): void {
    this.lock.release();
  }

  private open(): FileLock {
    try {
      mkdirSync(this.path, { recursive: true, mode: OWNER_ONLY_FOLDER });
      accessSync(this.path, constants.W_OK | constants.X_OK);
      readdirSync(this.path);
    } catch (error) {
      throw new StartError(`--data: got "${this.path}", takes a folder that can be written (${why(error)})`);
    }
    let lock: FileLock | null;
    try {
      lock = FileLock.take(join(this.path, LOCK));
      if (lock !== null) chmodSync(join(this.path, LOCK), OWNER_ONLY);
    } catch (error) {
      throw new StartError(`--data: got "${this.path}", takes a folder that can be written (${why(error)})`);
    }
    if (lock !== null) return lock;
    throw new StartError(
      `${this.path} is in use by a bookstore that npm start runs: stop that one, or give this one another folder: npm start -- --data FOLDER`,
    );
  }

  private secret(name: string): string {
    const path = join(this.path, name);
    const isThere = existsSync(path) && readFileSync(path, 'utf8').trim() !== '';
    if (isThere) chmodSync(path, OWNER_ONLY);
    else writeOwnFile(path, `${randomBytes(32).toString('base64url')}\n`);
    return path;
  }
}

function writeOwnFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: OWNER_ONLY });
  // The mode counts only for a file that was not there.
  chmodSync(path, OWNER_ONLY);
}

function why(error: unknown): string {
  const code = codeOf(error);
  return code === 'EEXIST' || code === 'ENOTDIR' ? 'a file stands there' : reasonOf(error);
}

/** The local cluster that was last started with this folder, if any. */
export function readAnnouncement(folder: string): Announcement | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, ANNOUNCEMENT), 'utf8')) as Announcement;
  } catch {
    return undefined;
  }
}
