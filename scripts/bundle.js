/**
 * Puts dist/main.js and the packages that it needs into a few files: a role then loads some ten files and not two thousand, which is half
 * of its start (docs/adr/0018-bundle.md). The other files of dist/ stay as Nest built them.
 */
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Compiled, or read as files. */
const NOT_BUNDLED = [/^better-sqlite3/, /^swagger-ui-dist/];

const bundle = await rolldown({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Chunks lie as deep as the sources that find other files from where they are (`import.meta.url`), and the network switch among them.
  input: { main: 'dist/main.js', 'bundle/chunks/network-switch': 'dist/local-cluster/network-switch.js' },
  platform: 'node',
  external: NOT_BUNDLED,
  // Decorators work by what modules do when they are loaded.
  treeshake: false,
  onLog(level, log, show) {
    // Nest and TypeORM look for many packages and do without them.
    if (log.code !== 'UNRESOLVED_IMPORT' || !log.id?.includes('node_modules')) show(level, log);
  },
});
await bundle.write({
  dir: 'dist',
  keepNames: true,
  entryFileNames: '[name].js',
  chunkFileNames: 'bundle/chunks/[name].js',
});
