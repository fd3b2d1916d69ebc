import { type Config } from '../config/index.js';
import { type Audience } from '../contract/call.js';

/** Secrets under which a connection of that audience is proven: any of them will do, the first is used. Only catalogs have those of the peers. */
export function lineKeys(config: Config, audience: Audience): readonly string[] {
  switch (audience) {
    case 'roles':
      return config.clusterKeys.accepted;
    case 'peers':
      return config.role === 'catalog' ? config.peerKeys.accepted : [];
    default:
      return audience satisfies never;
  }
}
