import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigError } from './config.error.js';
import { type CatalogConfig, type Config, type LogLevel } from './config.types.js';
import { CatalogVariables, type CommonVariables, FrontendVariables, OrderVariables } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What reading the settings needs from the machine. */
export interface Machine {
  hostname(): string;
  /** Throws when the file cannot be read. */
  readFile(path: string): string;
}

const thisMachine: Machine = { hostname, readFile: (path) => readFileSync(path, 'utf8') };

/** For a machine of one's own; whoever reads this file knows it, so production does not start with it. */
export const DEVELOPMENT_SECRET = 'bazar-development-secret-known-to-everybody';

const ROLES = ['catalog', 'order', 'frontend'] as const;
/** Variables whose content may stand in a file named by `<variable>_FILE`. */
const SECRETS = ['CLUSTER_SECRET', 'ADMIN_TOKEN'] as const;
const SYNONYMS = { CATALOG_ADDRESS: 'CATALOG_ADDRESSES', FRONT_END_ADDRESS: 'FRONT_END_ADDRESSES' } as const;

/** The settings of one role. Unknown variables are ignored and blank ones count as not set. Throws `ConfigError`. */
export function parseConfig(env: Environment, machine: Machine = thisMachine): Config {
  const given = givenVariables(env, machine);
  const role = ROLES.find((name) => name === given['ROLE']);
  switch (role) {
    case 'catalog':
      return deepFreeze(catalogConfig(given, machine));
    case 'order': {
      const read = readVariables(OrderVariables, given);
      return deepFreeze({ role, ...common(read, given, machine), catalogAddresses: read.CATALOG_ADDRESSES });
    }
    case 'frontend': {
      const read = readVariables(FrontendVariables, given);
      requireReachable(read);
      return deepFreeze({
        role,
        ...common(read, given, machine),
        catalogAddresses: read.CATALOG_ADDRESSES,
        orderAddresses: read.ORDER_ADDRESSES,
        lookupCacheSize: read.LOOKUP_CACHE_SIZE,
        searchCacheSize: read.SEARCH_CACHE_SIZE,
        rateLimitPerSecond: read.RATE_LIMIT_PER_SECOND,
        trustedProxies: read.TRUST_PROXY,
        adminToken: read.ADMIN_TOKEN ?? null,
      });
    }
    case undefined:
      throw new ConfigError([mistake('ROLE', given['ROLE'], 'catalog, order or frontend')]);
    default:
      return role satisfies never;
  }
}

type Given = Readonly<Record<string, string>>;

function givenVariables(env: Environment, machine: Machine): Given {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const text = value?.trim() ?? '';
    if (text !== '') given[name] = text;
  }
  for (const [synonym, name] of Object.entries(SYNONYMS)) {
    const both = [given[name], given[synonym]].filter((list) => list !== undefined);
    if (both.length > 0) given[name] = both.join('|');
  }
  for (const name of SECRETS) {
    const path = given[`${name}_FILE`];
    if (path !== undefined) given[name] ??= readSecret(name, path, machine);
  }
  return given;
}

function readSecret(name: string, path: string, machine: Machine): string {
  const wrong = (takes: string) => new ConfigError([mistake(`${name}_FILE`, path, takes)]);
  let secret: string;
  try {
    secret = machine.readFile(path).trim();
  } catch (error) {
    throw wrong(`a file that can be read (${error instanceof Error ? error.message : String(error)})`);
  }
  if (secret === '') throw wrong('a file that is not empty');
  return secret;
}

function readVariables<T extends CommonVariables>(Variables: new () => T, given: Given): T {
  const read = plainToInstance(Variables, given);
  const mistakes = validateSync(read).map(({ property, constraints }) =>
    mistake(property, given[property], Object.values(constraints ?? {})[0] ?? 'something else'),
  );
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return read;
}

function mistake(name: string, got: string | undefined, takes: string): string {
  if (got === undefined) return `${name}: missing, takes ${takes}`;
  const isSecret = SECRETS.some((secret) => secret === name);
  return `${name}: got ${isSecret ? `${got.length} characters` : JSON.stringify(got)}, takes ${takes}`;
}

/** Others call catalogs and front-ends under the address they give. */
function requireReachable(read: CommonVariables): void {
  if (read.PORT === 0 && read.ADVERTISED_ADDRESS === undefined) {
    throw new ConfigError([
      mistake('ADVERTISED_ADDRESS', undefined, 'the own base address, since PORT is 0'),
    ]);
  }
}

function common(
  read: CommonVariables & { CONNECT_TIMEOUT_MS: number; REQUEST_TIMEOUT_MS: number; DRAIN_MS: number },
  given: Given,
  machine: Machine,
) {
  const production = given['NODE_ENV'] === 'production';
  const warnings: string[] = [];
  if (read.CLUSTER_SECRET === undefined) {
    if (production) {
      throw new ConfigError([mistake('CLUSTER_SECRET', undefined, 'at least 32 characters in production')]);
    }
    warnings.push('CLUSTER_SECRET is not set: the development secret, which everybody knows, is used');
  }
  return {
    host: read.HOST,
    port: read.PORT,
    advertisedAddress: read.ADVERTISED_ADDRESS ?? `http://${machine.hostname().toLowerCase()}:${read.PORT}`,
    connectTimeoutMs: read.CONNECT_TIMEOUT_MS,
    requestTimeoutMs: read.REQUEST_TIMEOUT_MS,
    drainMs: read.DRAIN_MS,
    mostRequests: read.MAX_REQUESTS_IN_FLIGHT,
    clusterSecret: read.CLUSTER_SECRET ?? DEVELOPMENT_SECRET,
    logLevel: read.LOG_LEVEL as LogLevel,
    answerLogOneIn: read.ANSWER_LOG_ONE_IN,
    production,
    metricsPort: read.METRICS_PORT ?? null,
    warnings,
  };
}

function catalogConfig(given: Given, machine: Machine): CatalogConfig {
  const read = readVariables(CatalogVariables, given);
  requireReachable(read);
  const shared = common(read, given, machine);
  const addresses = [...new Set([...read.CATALOG_ADDRESSES, shared.advertisedAddress])].sort();
  if (read.WRITE_POLICY === 'reachable' && addresses.length > 2) {
    const takes = `majority with ${addresses.length} catalogs (reachable is for two)`;
    throw new ConfigError([mistake('WRITE_POLICY', read.WRITE_POLICY, takes)]);
  }
  const writePolicy = read.WRITE_POLICY ?? (addresses.length === 2 ? 'reachable' : 'majority');
  const warnings = [...shared.warnings];
  if (addresses.length === 2 && writePolicy === 'reachable') {
    warnings.push(
      'WRITE_POLICY is reachable: with two catalogs one alone goes on selling, so when the network between them ' +
        'is cut both sell, and stock may be oversold; a third catalog makes majority possible',
    );
  }
  return {
    role: 'catalog',
    ...shared,
    database: { kind: 'sqlite', path: read.DATABASE_URL.slice('sqlite:'.length) },
    addresses,
    position: addresses.indexOf(shared.advertisedAddress),
    writePolicy,
    leaseMs: read.LEASE_MS,
    warnings,
  };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
