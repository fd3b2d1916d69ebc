import { type WritePolicy } from '../core/replication/api.js';
import { type Keys } from './keys.js';
import { type PostgresDatabase } from './postgres-url.js';
import { type TlsConfig, type TlsFiles } from './tls.js';

export type Role = Config['role'];

/** Settings of one process, read once at start and frozen. Addresses are origins: `http://host:port`, without a trailing slash. */
export type Config = CatalogConfig | OrderConfig | FrontendConfig;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json'] as const;

/** As OpenTelemetry's own variables have it. */
export interface TracingConfig {
  /** Takes spans. */
  readonly url: string;
  readonly protocol: (typeof OTLP_PROTOCOLS)[number];
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Which one of that service. */
  readonly instance: string;
  readonly sampler: (typeof SAMPLERS)[number];
  /** Of the traces that begin here, for the samplers that have one. */
  readonly ratio: number;
}

interface CommonConfig {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** How the other processes reach this one. */
  readonly advertisedAddress: string;
  /** Bound of one connection attempt, each hop. */
  readonly connectTimeoutMs: number;
  /** Bound of one attempt, connecting included, each hop. */
  readonly requestTimeoutMs: number;
  /** For how long it serves on when it is told to stop, not ready any more. */
  readonly drainMs: number;
  /** Most requests under way at once; more are shed. */
  readonly mostRequests: number;
  /** What the roles show each other. */
  readonly clusterKeys: Keys;
  readonly logLevel: LogLevel;
  /** Of so many answers one is logged at `info`; 0: none. Failures always are. */
  readonly answerLogOneIn: number;
  readonly production: boolean;
  /** Where figures are shown without a credential; null: nowhere. */
  readonly metricsPort: number | null;
  /** Null: HTTP and lines without TLS. */
  readonly tls: TlsConfig | null;
  readonly tlsFiles: TlsFiles;
  /** Where traces of requests are sent; null: there are none. */
  readonly tracing: TracingConfig | null;
  /** What the operator should know at start, one line each. */
  readonly warnings: readonly string[];
}

export interface SqliteFile {
  readonly kind: 'sqlite';
  readonly path: string;
}

export interface CatalogConfig extends CommonConfig {
  readonly role: 'catalog';
  /** What catalogs show each other: see `Keys`. */
  readonly peerKeys: Keys;
  /** A file of its own, or a server that all catalogs share. */
  readonly database: SqliteFile | PostgresDatabase;
  /** Every catalog, this one included, sorted: the same list on each of them. */
  readonly addresses: readonly string[];
  /** This one's place in `addresses`. */
  readonly position: number;
  readonly writePolicy: WritePolicy;
  /** Length of read leases and of front-end sessions. */
  readonly leaseMs: number;
  /** Where changes are delivered to, and the secrets by which that is signed; null: nowhere. */
  readonly webhook: { readonly url: string; readonly secrets: readonly string[] } | null;
  /** Backups by schedule; null: none. */
  readonly backup: { readonly everyMs: number; readonly to: string; readonly keep: number } | null;
}

export interface OrderConfig extends CommonConfig {
  readonly role: 'order';
  /** It asks first the one that leads a book. */
  readonly catalogAddresses: readonly string[];
}

export interface FrontendConfig extends CommonConfig {
  readonly role: 'frontend';
  readonly catalogAddresses: readonly string[];
  readonly orderAddresses: readonly string[];
  /** Entries; 0 turns the cache off. */
  readonly lookupCacheSize: number;
  readonly searchCacheSize: number;
  /** Requests of one client address; 0: no limit. */
  readonly rateLimitPerSecond: number;
  /** Addresses, ranges and names of them: whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  /** How often this front-end compares what all places say; null: never. */
  readonly observeEveryMs: number | null;
  /** Null: the administration paths are off. */
  readonly adminToken: string | null;
}
