import { createRequire } from 'node:module';

const FIRST_NODE_FOR_13 = 22;

/**
 * better-sqlite3 for the Node that runs this. 12, which runs on Node 20, aborts the process on Node 24.16 and newer: a statement that is
 * collected while no JavaScript runs fails an assertion of Node's (ObjectWrap). 13 stands on Node-API
 * (what one Node has installed, any other loads), but needs Node 22.
 */
export function sqliteDriver(): unknown {
  const [major] = process.versions.node.split('.').map(Number);
  const require = createRequire(import.meta.url);
  return (major ?? 0) >= FIRST_NODE_FOR_13 ? require('better-sqlite3-napi') : require('better-sqlite3');
}
