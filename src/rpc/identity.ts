import { type Config } from '../config/index.js';
import { type Audience } from '../contract/call.js';

/** Secrets under which a connection of that audience is proven: any of them will do, the first is used. */
export function lineKeys(config: Pick<Config, 'clusterSecret'>, _audience: Audience): readonly string[] {
  return [config.clusterSecret];
}
