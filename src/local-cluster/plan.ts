import { join } from 'node:path';
import { type Role } from '../config/index.js';
import { type LocalClusterOptions, MOST_OF_A_ROLE } from './options.js';

/** One process to run: a role and its settings. */
export interface PlannedProcess {
  /** Unique, for people: `catalog 2`. */
  readonly name: string;
  readonly role: Role;
  readonly port: number;
  readonly address: string;
  readonly settings: Readonly<Record<string, string>>;
}

export interface SecretFiles {
  readonly clusterSecret: string;
  /** Catalogs alone are told where it is. */
  readonly peerSecret: string;
  readonly adminToken: string;
}

/** Those of whoever calls `npm start` are for another bookstore: the link that it shows would not open this one. */
const NO_OTHER_SECRETS = { CLUSTER_SECRET: '', PEER_SECRET: '', ADMIN_TOKEN: '' };

/** Behind those of the catalogs. */
export function postgresPort({ basePort }: Pick<LocalClusterOptions, 'basePort'>): number {
  return basePort + 3 * MOST_OF_A_ROLE;
}

export const LOOPBACK = '127.0.0.1';

/** Catalogs first, for the others wait for them. */
export function planProcesses(options: LocalClusterOptions, secrets: SecretFiles): PlannedProcess[] {
  const { basePort, dataFolder } = options;
  const frontEnds = addressesFrom(basePort, options.frontEnds);
  const orders = addressesFrom(basePort + MOST_OF_A_ROLE, options.orders);
  const catalogs = addressesFrom(basePort + 2 * MOST_OF_A_ROLE, options.catalogs);
  const plan = (role: Role, name: string, addresses: string[], settings: (index: number) => Settings) =>
    addresses.map((address, index) => {
      const port = Number(new URL(address).port);
      const common = {
        ROLE: role,
        HOST: LOOPBACK,
        PORT: String(port),
        ADVERTISED_ADDRESS: address,
        ...NO_OTHER_SECRETS,
        CLUSTER_SECRET_FILE: secrets.clusterSecret,
      };
      return {
        name: `${name} ${index + 1}`,
        role,
        port,
        address,
        settings: { ...common, ...settings(index) },
      };
    });
  return [
    ...plan('catalog', 'catalog', catalogs, (index) => ({
      CATALOG_ADDRESSES: catalogs.join('|'),
      PEER_SECRET_FILE: secrets.peerSecret,
      DATABASE_URL: options.databaseUrl ?? `sqlite:${join(dataFolder, databaseName(index))}`,
    })),
    ...plan('order', 'order', orders, () => ({ CATALOG_ADDRESSES: catalogs.join('|') })),
    ...plan('frontend', 'front-end', frontEnds, () => ({
      CATALOG_ADDRESSES: catalogs.join('|'),
      ORDER_ADDRESSES: orders.join('|'),
      ADMIN_TOKEN_FILE: secrets.adminToken,
    })),
  ];
}

type Settings = Record<string, string>;

export function databaseName(index: number): string {
  return `catalog-${index + 1}.sqlite`;
}

function addressesFrom(port: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `http://${LOOPBACK}:${port + index}`);
}
