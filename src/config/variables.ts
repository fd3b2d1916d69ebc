import { IsOptional, Matches } from 'class-validator';
import { LOG_LEVELS, OTLP_PROTOCOLS, SAMPLERS, type TracingConfig } from './config.types.js';
import { COLLECTOR, isCollector, isReceiver, RECEIVER } from './addresses.js';
import { isPeerSecret, isSharedSecret, SHARED_SECRET } from './keys.js';
import { DEFAULT_PORT } from './listening.js';
import { DATABASE_URL_TAKES, parsePostgresUrl } from './postgres-url.js';
import {
  Address,
  AddressRanges,
  Addresses,
  Checked,
  Headers,
  LengthOfTime,
  OneOf,
  Share,
  Token,
  WholeNumber,
} from './setting.decorators.js';

// The environment as each role reads it: a property for each variable, with its default.

const LONGEST_TIMEOUT_MS = 600_000;
const LARGEST_CACHE = 10_000_000;

function isDatabaseUrl(text: string): boolean {
  return /^sqlite:.+$/.test(text) || parsePostgresUrl(text) !== null;
}

export class CommonVariables {
  @IsOptional()
  @Matches(/^\S+$/, { message: 'a host name or IP address to listen on' })
  HOST?: string;

  @WholeNumber(0, 65_535)
  PORT: number = DEFAULT_PORT;

  @IsOptional()
  @Address()
  ADVERTISED_ADDRESS?: string;

  @IsOptional()
  @Checked(isSharedSecret, SHARED_SECRET)
  CLUSTER_SECRET?: string;

  @WholeNumber(1, 1_000_000)
  MAX_REQUESTS_IN_FLIGHT: number = 2048;

  @IsOptional()
  @WholeNumber(0, 65_535)
  METRICS_PORT?: number;

  @OneOf(LOG_LEVELS)
  LOG_LEVEL: string = 'info';

  @WholeNumber(0, 1_000_000_000)
  ANSWER_LOG_ONE_IN: number = 1000;

  @IsOptional()
  TLS_CERT_FILE?: string;

  @IsOptional()
  TLS_KEY_FILE?: string;

  @IsOptional()
  TLS_CA_FILE?: string;

  @IsOptional()
  @Checked(isCollector, COLLECTOR)
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @OneOf(OTLP_PROTOCOLS)
  OTEL_EXPORTER_OTLP_PROTOCOL: TracingConfig['protocol'] = 'http/protobuf';

  @IsOptional()
  @Headers()
  OTEL_EXPORTER_OTLP_HEADERS?: Record<string, string>;

  @IsOptional()
  OTEL_SERVICE_NAME?: string;

  @OneOf(SAMPLERS)
  OTEL_TRACES_SAMPLER: TracingConfig['sampler'] = 'parentbased_always_on';

  @Share()
  OTEL_TRACES_SAMPLER_ARG: number = 1;
}

export class CatalogVariables extends CommonVariables {
  @Addresses({ required: false })
  CATALOG_ADDRESSES: string[] = [];

  /** Taken as the original had it; front-ends register themselves. */
  @Addresses({ required: false })
  FRONT_END_ADDRESSES: string[] = [];

  @Checked(isDatabaseUrl, DATABASE_URL_TAKES)
  DATABASE_URL: string = 'sqlite:data/catalog.sqlite';

  @IsOptional()
  @Checked(isPeerSecret, SHARED_SECRET)
  PEER_SECRET?: string;

  @IsOptional()
  @OneOf(['majority', 'reachable'])
  WRITE_POLICY?: 'majority' | 'reachable';

  @WholeNumber(20, 60_000)
  LEASE_MS: number = 500;

  @IsOptional()
  @Checked(isReceiver, RECEIVER)
  WEBHOOK_URL?: string;

  @IsOptional()
  @Checked(isSharedSecret, SHARED_SECRET)
  WEBHOOK_SECRET?: string;

  @IsOptional()
  @LengthOfTime('10s', '365d')
  BACKUP_EVERY?: number;

  @IsOptional()
  BACKUP_TO?: string;

  @WholeNumber(1, 999_999)
  BACKUP_KEEP: number = 7;

  @WholeNumber(1, LONGEST_TIMEOUT_MS)
  CONNECT_TIMEOUT_MS: number = 100;

  @WholeNumber(1, LONGEST_TIMEOUT_MS)
  REQUEST_TIMEOUT_MS: number = 1000;

  @WholeNumber(0, LONGEST_TIMEOUT_MS)
  DRAIN_MS: number = 500;
}

export class OrderVariables extends CommonVariables {
  @Addresses({ required: true })
  CATALOG_ADDRESSES: string[];

  @WholeNumber(1, LONGEST_TIMEOUT_MS)
  CONNECT_TIMEOUT_MS: number = 150;

  @WholeNumber(1, LONGEST_TIMEOUT_MS)
  REQUEST_TIMEOUT_MS: number = 1500;

  @WholeNumber(0, LONGEST_TIMEOUT_MS)
  DRAIN_MS: number = 500;
}

export class FrontendVariables extends CommonVariables {
  @Addresses({ required: true })
  CATALOG_ADDRESSES: string[];

  @Addresses({ required: true })
  ORDER_ADDRESSES: string[];

  @WholeNumber(0, LARGEST_CACHE)
  LOOKUP_CACHE_SIZE: number = 10_000;

  @WholeNumber(0, LARGEST_CACHE)
  SEARCH_CACHE_SIZE: number = 1000;

  @WholeNumber(0, 1_000_000)
  RATE_LIMIT_PER_SECOND: number = 0;

  @AddressRanges()
  TRUST_PROXY: string[] = [];

  @IsOptional()
  @LengthOfTime('1s', '1d')
  OBSERVE_EVERY?: number;

  @IsOptional()
  @Token({ minLength: 16 })
  ADMIN_TOKEN?: string;

  @WholeNumber(1, LONGEST_TIMEOUT_MS)
  CONNECT_TIMEOUT_MS: number = 200;

  @WholeNumber(1, LONGEST_TIMEOUT_MS)
  REQUEST_TIMEOUT_MS: number = 2000;

  @WholeNumber(0, LONGEST_TIMEOUT_MS)
  DRAIN_MS: number = 1000;
}
