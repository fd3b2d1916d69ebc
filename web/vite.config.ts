import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Development: `npm run dev:web` serves the pages and passes the rest to a front-end of `npm start`. */
const FRONT_END = 'http://127.0.0.1:5000';
const API_PATHS =
  '^/(lookup|search|buy|orders|holds|books|topics|ops/(?:access|events|books|traces|processes)|api|api-json|health|metrics)(/|\\?|$)';

export default defineConfig({
  base: '/',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  plugins: [compressOnce()],
  server: { host: '127.0.0.1', proxy: { [API_PATHS]: FRONT_END } },
});

/** Each text file's .br and .gz beside it, so that the front-end never compresses while it serves. */
function compressOnce(): Plugin {
  return {
    name: 'compress-once',
    apply: 'build',
    async writeBundle({ dir = 'dist' }, bundle) {
      const texts = Object.keys(bundle).filter((name) => /\.(js|css|html|svg)$/.test(name));
      await Promise.all(texts.map((name) => compress(join(dir, name))));
    },
  };
}

async function compress(path: string): Promise<void> {
  const plain = await readFile(path);
  await writeFile(`${path}.br`, await promisify(brotliCompress)(plain));
  await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }));
}
