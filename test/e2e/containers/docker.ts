import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** What the tests build; not the one that somebody may run here. */
export const IMAGE = 'bazar-test';
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;

const run = promisify(execFile);

/** The container engine's own command, to its end; answers what it wrote. Throws with all of that when it fails. */
export async function docker(...args: string[]): Promise<string> {
  return dockerWith({}, ...args);
}

/** With these variables in its environment besides. */
export async function dockerWith(env: Record<string, string>, ...args: string[]): Promise<string> {
  try {
    const options = { cwd: ROOT, maxBuffer: MOST_OUTPUT_BYTES, env: { ...process.env, ...env } };
    return (await run('docker', args, options)).stdout.trim();
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`docker ${args.join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** How `docker run` of the image ended, and all that it wrote. */
export async function runToItsEnd(...args: string[]): Promise<{ code: number; text: string }> {
  try {
    const { stdout, stderr } = await run('docker', ['run', '--rm', ...args]);
    return { code: 0, text: `${stdout}${stderr}`.trim() };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: Number(code), text: `${stdout}${stderr}`.trim() };
  }
}
