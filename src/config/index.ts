export { ConfigError } from './config.error.js';
export {
  type CatalogConfig,
  type Config,
  type FrontendConfig,
  type OrderConfig,
  type Role,
} from './config.types.js';
export { DEVELOPMENT_SECRET, type Environment, parseConfig } from './parse-config.js';
