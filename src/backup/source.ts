import { readFileSync } from 'node:fs';
import { type Environment, parseConfig } from '../config/index.js';
import { clusterKeys } from '../config/keys.js';
import { readAnnouncement } from '../local-cluster/data-folder.js';
import { Mistake } from './mistake.js';

/** Running catalogs, and what to show them. */
export interface Source {
  /** One after the other is tried. */
  readonly addresses: readonly string[];
  readonly secret: string;
}

interface Wanted {
  readonly from: string | undefined;
  readonly dataFolder: string;
}

/** The one that is named; else the catalog whose settings these are, as in its container; else those that `npm start` runs. */
export function findSource({ from, dataFolder }: Wanted, env: Environment): Source {
  const own = env['ROLE'] === 'catalog' ? parseConfig(env) : undefined;
  if (own !== undefined) {
    const host = own.host === '0.0.0.0' || own.host === '::' ? '127.0.0.1' : own.host;
    return { addresses: [from ?? `http://${host}:${own.port}`], secret: own.clusterKeys.used };
  }
  const announcement = readAnnouncement(dataFolder);
  const secret =
    env['CLUSTER_SECRET'] ?? secretIn(env['CLUSTER_SECRET_FILE'] ?? announcement?.clusterSecretFile);
  const addresses = from === undefined ? announcement?.catalogs : [from];
  if (addresses === undefined)
    throw new Mistake(
      `No bookstore was started with the data folder ${dataFolder}: name a catalog with --from`,
    );
  return { addresses, secret: clusterKeys(secret).used };
}

function secretIn(path: string | undefined): string | undefined {
  return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
}
