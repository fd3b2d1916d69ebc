import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { RECEIVER } from './addresses.js';
import { ConfigError } from './config.error.js';
import { type CatalogConfig, type Config, type LogLevel, type TracingConfig } from './config.types.js';
import { clusterKeys, isKnownToEverybody, peerKeys, secretsIn, SHARED_SECRET, sharesOne } from './keys.js';
import { DEFAULT_HOST, isLoopback, LOOPBACK_HOST } from './listening.js';
import { DATABASE_URL_TAKES, parsePostgresUrl, withoutPassword } from './postgres-url.js';
import { readTls, type TlsConfig, tlsFilesOf, TlsMistake } from './tls.js';
import { CatalogVariables, type CommonVariables, FrontendVariables, OrderVariables } from './variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What reading the settings needs from the machine. */
export interface Machine {
  hostname(): string;
  /** Throws when the file cannot be read. */
  readFile(path: string): string;
}

const thisMachine: Machine = { hostname, readFile: (path) => readFileSync(path, 'utf8') };

const ROLES = ['catalog', 'order', 'frontend'] as const;
/** Variables whose content may stand in a file named by `<variable>_FILE`. */
const SECRETS = [
  'CLUSTER_SECRET',
  'PEER_SECRET',
  'ADMIN_TOKEN',
  'WEBHOOK_SECRET',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const;
/** The same, but that most of it is no secret. */
const IN_FILES = [...SECRETS, 'DATABASE_URL'] as const;
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
        observeEveryMs: read.OBSERVE_EVERY ?? null,
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
  for (const name of IN_FILES) {
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
  if (name === 'DATABASE_URL') return `${name}: got ${JSON.stringify(withoutPassword(got))}, takes ${takes}`;
  // Nor the password in an address.
  const shown = isSecret ? `${got.length} characters` : JSON.stringify(got.replace(/\/\/[^/]*@/g, '//…@'));
  return `${name}: got ${shown}, takes ${takes}`;
}

/** Others call catalogs and front-ends under the address they give. */
function requireReachable(read: CommonVariables): void {
  if (read.PORT === 0 && read.ADVERTISED_ADDRESS === undefined) {
    throw new ConfigError([
      mistake('ADVERTISED_ADDRESS', undefined, 'the own base address, since PORT is 0'),
    ]);
  }
}

/** Whoever knows the secret may do everything, and the development secret is known to all. */
function requireLoopback({ HOST, ADVERTISED_ADDRESS }: CommonVariables): void {
  const because = 'since CLUSTER_SECRET is not set to a secret of your own';
  if (HOST !== undefined && !isLoopback(HOST)) {
    throw new ConfigError([mistake('HOST', HOST, `a loopback address like ${LOOPBACK_HOST}, ${because}`)]);
  }
  if (ADVERTISED_ADDRESS !== undefined && !isLoopback(new URL(ADVERTISED_ADDRESS).hostname)) {
    const takes = `a loopback address like http://${LOOPBACK_HOST}:5000, ${because}`;
    throw new ConfigError([mistake('ADVERTISED_ADDRESS', ADVERTISED_ADDRESS, takes)]);
  }
}

function common(
  read: CommonVariables & { CONNECT_TIMEOUT_MS: number; REQUEST_TIMEOUT_MS: number; DRAIN_MS: number },
  given: Given,
  machine: Machine,
) {
  const keys = clusterKeys(read.CLUSTER_SECRET);
  const isOpen = !isKnownToEverybody(keys);
  if (!isOpen) requireLoopback(read);
  const host = read.HOST ?? (isOpen ? DEFAULT_HOST : LOOPBACK_HOST);
  const ownName = isOpen ? machine.hostname().toLowerCase() : LOOPBACK_HOST;
  const closed = `CLUSTER_SECRET is not set: the development secret, which everybody knows, is used, and ${host} alone is listened on`;
  const misplaced =
    'PEER_SECRET is set and not needed here: it protects what catalogs say to each other only as long as they alone hold it';
  const isMisplaced = !(read instanceof CatalogVariables) && given['PEER_SECRET'] !== undefined;
  const tls = tlsOf(read, machine);
  const scheme = tls === null ? 'http' : 'https';
  const advertisedAddress = read.ADVERTISED_ADDRESS ?? `${scheme}://${ownName}:${read.PORT}`;
  if (!advertisedAddress.startsWith('https:') && tls !== null) {
    const takes = 'an address that begins with https:, since TLS_CERT_FILE is set';
    throw new ConfigError([mistake('ADVERTISED_ADDRESS', advertisedAddress, takes)]);
  }
  return {
    host,
    port: read.PORT,
    advertisedAddress,
    connectTimeoutMs: read.CONNECT_TIMEOUT_MS,
    requestTimeoutMs: read.REQUEST_TIMEOUT_MS,
    drainMs: read.DRAIN_MS,
    mostRequests: read.MAX_REQUESTS_IN_FLIGHT,
    clusterKeys: keys,
    logLevel: read.LOG_LEVEL as LogLevel,
    answerLogOneIn: read.ANSWER_LOG_ONE_IN,
    production: given['NODE_ENV'] === 'production',
    metricsPort: read.METRICS_PORT ?? null,
    tls,
    tlsFiles: tlsFilesOf(read),
    tracing: tracingConfig(read, given['ROLE'] ?? '', advertisedAddress),
    warnings: [...(isOpen ? [] : [closed]), ...(isMisplaced ? [misplaced] : [])],
  };
}

function tlsOf(read: CommonVariables, machine: Machine): TlsConfig | null {
  try {
    return readTls(read, (path) => machine.readFile(path));
  } catch (error) {
    if (!(error instanceof TlsMistake)) throw error;
    throw new ConfigError([mistake(error.variable, read[error.variable], error.takes)]);
  }
}

function tracingConfig(read: CommonVariables, role: string, instance: string): TracingConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = read;
  if (endpoint === undefined) return null;
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    protocol: read.OTEL_EXPORTER_OTLP_PROTOCOL,
    headers: read.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: read.OTEL_SERVICE_NAME ?? `bazar-${role}`,
    instance,
    sampler: read.OTEL_TRACES_SAMPLER,
    ratio: read.OTEL_TRACES_SAMPLER_ARG,
  };
}

function catalogConfig(given: Given, machine: Machine): CatalogConfig {
  const read = readVariables(CatalogVariables, given);
  requireReachable(read);
  const shared = common(read, given, machine);
  if (sharesOne(shared.clusterKeys, peerKeys(read.PEER_SECRET, shared.clusterKeys))) {
    throw new ConfigError([mistake('PEER_SECRET', read.PEER_SECRET, 'another secret than CLUSTER_SECRET')]);
  }
  const database = databaseIn(read.DATABASE_URL);
  if (database.kind === 'postgres') requireNoReplicas(given);
  const addresses = [...new Set([...read.CATALOG_ADDRESSES, shared.advertisedAddress])].sort();
  if (read.WRITE_POLICY === 'reachable' && addresses.length > 2) {
    const takes = `majority with ${addresses.length} catalogs (reachable is for two)`;
    throw new ConfigError([mistake('WRITE_POLICY', read.WRITE_POLICY, takes)]);
  }
  const reachable = addresses.length === 2 && database.kind === 'sqlite';
  const writePolicy = read.WRITE_POLICY ?? (reachable ? 'reachable' : 'majority');
  const warnings = [...shared.warnings];
  if (
    shared.production &&
    read.PEER_SECRET === undefined &&
    addresses.length > 1 &&
    database.kind === 'sqlite'
  ) {
    warnings.push(
      'PEER_SECRET is not set and follows from CLUSTER_SECRET: whoever takes over a front-end or an order server can speak as a catalog, ' +
        'and so change any book or order; a PEER_SECRET that catalogs alone hold prevents it',
    );
  }
  if (addresses.length === 2 && writePolicy === 'reachable') {
    warnings.push(
      'WRITE_POLICY is reachable: with two catalogs one alone goes on selling, so when the network between them ' +
        'is cut both sell, and stock may be oversold; a third catalog makes majority possible',
    );
  }
  return {
    role: 'catalog',
    ...shared,
    peerKeys: peerKeys(read.PEER_SECRET, shared.clusterKeys),
    database,
    addresses,
    position: addresses.indexOf(shared.advertisedAddress),
    writePolicy,
    leaseMs: read.LEASE_MS,
    webhook: webhookConfig(read),
    backup: backupConfig(read),
    warnings,
  };
}

function webhookConfig({ WEBHOOK_URL: url, WEBHOOK_SECRET: secret }: CatalogVariables) {
  if (url === undefined && secret === undefined) return null;
  if (url === undefined) {
    throw new ConfigError([mistake('WEBHOOK_URL', undefined, `${RECEIVER}, since WEBHOOK_SECRET is set`)]);
  }
  if (secret === undefined) {
    throw new ConfigError([
      mistake('WEBHOOK_SECRET', undefined, `${SHARED_SECRET}, since WEBHOOK_URL is set`),
    ]);
  }
  return { url, secrets: secretsIn(secret) };
}

function databaseIn(text: string): CatalogConfig['database'] {
  if (text.startsWith('sqlite:')) return { kind: 'sqlite', path: text.slice('sqlite:'.length) };
  const postgres = parsePostgresUrl(text);
  if (postgres === null) throw new ConfigError([mistake('DATABASE_URL', text, DATABASE_URL_TAKES)]);
  return postgres;
}

/** Settings of replicas over files: whoever sets them expects what is not done here. */
function requireNoReplicas({ WRITE_POLICY: policy, BACKUP_EVERY: every }: Given): void {
  const wrong: string[] = [];
  if (policy === 'reachable')
    wrong.push(mistake('WRITE_POLICY', policy, 'nothing with PostgreSQL, which alone decides'));
  if (every !== undefined)
    wrong.push(
      mistake(
        'BACKUP_EVERY',
        every,
        'nothing with PostgreSQL: back it up by its own means (docs/operation/postgres.md)',
      ),
    );
  if (wrong.length > 0) throw new ConfigError(wrong);
}

function backupConfig({ BACKUP_EVERY: everyMs, BACKUP_TO: to, BACKUP_KEEP: keep }: CatalogVariables) {
  if (everyMs === undefined) return null;
  if (to !== undefined) return { everyMs, to, keep };
  throw new ConfigError([
    mistake('BACKUP_TO', undefined, 'the folder of the backups, since BACKUP_EVERY is set'),
  ]);
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) deepFreeze(inner as object);
  return Object.freeze(value);
}
