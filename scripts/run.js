/** `node scripts/run.js COMMAND [options]`: builds what is missing, then runs a command of dist/main.js in this process. */
import { buildIfStale } from './build.js';

try {
  buildIfStale();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
if (process.argv[2] !== 'build') await import('../dist/main.js');
