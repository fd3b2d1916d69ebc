import { spawn } from 'node:child_process';
import { bareEnvironment, buildDist, ENTRY } from '../support/processes.js';
import { OutputOf } from '../support/output-of.js';

/** dist/main.js with just these variables, to its end. */
async function run(env: Record<string, string>): Promise<{ code: number | null; text: string }> {
  const output = new OutputOf(spawn(process.execPath, [ENTRY], { env: { ...bareEnvironment(), ...env } }));
  const { code } = await output.ended;
  return { code, text: output.text };
}

describe('a role whose settings are wrong', () => {
  beforeAll(buildDist, 300_000);

  it.each<[string, Record<string, string>, string[]]>([
    ['no role', {}, ['ROLE: missing, takes catalog, order or frontend']],
    [
      'two mistakes',
      { ROLE: 'catalog', PORT: 'none', LEASE_MS: '1' },
      [
        'PORT: got "none", takes a whole number from 0 to 65535',
        'LEASE_MS: got "1", takes a whole number from 20 to 60000',
      ],
    ],
    [
      'an address for others without a secret',
      { ROLE: 'order', CATALOG_ADDRESSES: 'c:5000', HOST: '0.0.0.0' },
      [
        'HOST: got "0.0.0.0", takes a loopback address like 127.0.0.1, since CLUSTER_SECRET is not set to a secret of your own',
      ],
    ],
  ])('does not start, and says each mistake in a line: %s', async (_name, env, lines) => {
    const { code, text } = await run(env);
    expect(text.trimEnd().split('\n').sort()).toEqual([...lines].sort());
    expect(code).toBe(1);
  });
});
