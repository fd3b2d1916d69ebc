/** Builds what is older than its sources; of several at once, one builds and the others wait for it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lock = join(tmpdir(), `bazar-build-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`);
const WAIT_MS = 200;
const MOST_WAITS = 1500;

const TARGETS = [
  {
    product: 'dist/main.js',
    sources: [
      'src',
      'package.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'nest-cli.json',
      'scripts/bundle.js',
    ],
    commands: [['node_modules/@nestjs/cli/bin/nest.js', 'build'], ['scripts/bundle.js']],
  },
  {
    product: 'web/dist/index.html',
    sources: ['web', 'package.json'],
    commands: [['node_modules/vite/bin/vite.js', 'build', 'web']],
  },
];

/** Throws when a build fails. */
export function buildIfStale() {
  if (!TARGETS.some(isStale)) return;
  takeLock();
  try {
    TARGETS.filter(isStale).forEach(build);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function isStale({ product, sources }) {
  if (!existsSync(join(root, sources[0]))) return false;
  const builtAt = modifiedAt(product);
  return sources.flatMap(filesOf).some((path) => modifiedAt(path) > builtAt);
}

function filesOf(path) {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .filter((file) => !/(^|\/)(dist|node_modules)\//.test(file));
}

function modifiedAt(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
}

function build({ product, commands }) {
  console.error(`Building ${dirname(product)} …`);
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  for (const [script, ...args] of commands) {
    const { status } = spawnSync(process.execPath, [join(root, script), ...args], options);
    if (status !== 0) throw new Error('The build failed, see above.');
  }
}

function takeLock() {
  for (let wait = 0; wait < MOST_WAITS; wait += 1) {
    try {
      mkdirSync(lock);
      writeFileSync(join(lock, 'pid'), String(process.pid));
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isAbandoned()) rmSync(lock, { recursive: true, force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
  }
  throw new Error(`Another build does not end. If none runs, remove ${lock}`);
}

/** Whether who took the lock is gone. One that has not yet written its id is just starting. */
function isAbandoned() {
  try {
    process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
