export { ConfigError } from './config.error.js';
export {
  type CatalogConfig,
  type Config,
  type FrontendConfig,
  type OrderConfig,
  type Role,
  type SqliteFile,
  type TracingConfig,
} from './config.types.js';
export { type Environment, parseConfig } from './parse-config.js';
export { type PostgresDatabase, type PostgresHost } from './postgres-url.js';
export { type Keys } from './keys.js';
export { readTls, type TlsConfig, TlsMistake } from './tls.js';
