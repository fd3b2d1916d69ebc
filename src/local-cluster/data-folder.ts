import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type SecretFiles } from './plan.js';

/** What `npm run import` wants to know of a running local cluster. */
export interface Announcement {
  readonly frontEnds: readonly string[];
  readonly adminTokenFile: string;
}

const ANNOUNCEMENT = 'local-cluster.json';
/** Only who started the cluster may read its secrets. */
const OWNER_ONLY = 0o600;

/** Where a local cluster keeps its databases and secrets from run to run. */
export class DataFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
    mkdirSync(this.path, { recursive: true });
  }

  /** Removes the catalogs' databases, and nothing else that may lie there. */
  forgetBooks(): void {
    for (const name of readdirSync(this.path)) {
      if (/^catalog-\d+\.sqlite/.test(name)) rmSync(join(this.path, name));
    }
  }

  /** Made at the first run. */
  secrets(): SecretFiles {
    return { clusterSecret: this.secret('cluster-secret'), adminToken: this.secret('admin-token') };
  }

  announce(frontEnds: readonly string[]): void {
    const announcement: Announcement = { frontEnds, adminTokenFile: join(this.path, 'admin-token') };
    writeFileSync(join(this.path, ANNOUNCEMENT), `${JSON.stringify(announcement, null, 2)}\n`);
  }

  private secret(name: string): string {
    const path = join(this.path, name);
    if (!existsSync(path))
      writeFileSync(path, `${randomBytes(32).toString('base64url')}\n`, { mode: OWNER_ONLY });
    return path;
  }
}

/** The local cluster that was last started with this folder, if any. */
export function readAnnouncement(folder: string): Announcement | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, ANNOUNCEMENT), 'utf8')) as Announcement;
  } catch {
    return undefined;
  }
}
