/** `npm run test:containers`: the tests in real containers, where there is an engine. */
import { spawnSync } from 'node:child_process';

const engine = spawnSync('docker', ['compose', 'version'], { encoding: 'utf8' });
const daemon = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8' });
if (engine.status !== 0 || daemon.status !== 0) {
  const failed = engine.status === 0 ? daemon : engine;
  const reason = (failed.error?.message ?? failed.stderr).trim().split('\n')[0];
  console.log(`Container tests skipped: no Docker engine with compose v2 (${reason})`);
  process.exit(0);
}
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
const { status } = spawnSync(
  process.execPath,
  [...jest, '--config', 'jest.containers.config.js', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
