import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../support/until.js';
import { docker, IMAGE, runToItsEnd } from './docker.js';

const SECRET = 'a-secret-of-at-least-32-characters';

/** Tries to write to each path; answers the codes of the errors, null where it could. */
const TRY_TO_WRITE = `
  const { writeFileSync } = require('node:fs');
  console.log(JSON.stringify(process.argv.slice(1).map((path) => {
    try { writeFileSync(path, 'x'); return null; } catch (error) { return error.code; }
  })));
`;

describe('the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bazar-image-'));
  const name = `bazar-alone-${process.pid}`;
  const volume = `${name}-data`;
  beforeAll(() => docker('build', '--file', 'docker/Dockerfile', '--tag', IMAGE, '.'), 600_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await docker('rm', '--force', '--volumes', name);
    await docker('volume', 'rm', '--force', volume);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no role', {}, 'ROLE: missing, takes catalog, order or frontend'],
    [
      'no secret',
      { ROLE: 'catalog' },
      'HOST: got "0.0.0.0", takes a loopback address like 127.0.0.1, since CLUSTER_SECRET is not set to a secret of your own',
    ],
    [
      'a secret that is not there',
      { ROLE: 'catalog', CLUSTER_SECRET_FILE: '/run/secrets/none' },
      'CLUSTER_SECRET_FILE: got "/run/secrets/none", takes a file that can be read ' +
        "(ENOENT: no such file or directory, open '/run/secrets/none')",
    ],
    [
      'a token that only root may read',
      { ROLE: 'frontend', CLUSTER_SECRET: SECRET, ADMIN_TOKEN_FILE: '/run/token' },
      'ADMIN_TOKEN_FILE: got "/run/token", takes a file that can be read ' +
        "(EACCES: permission denied, open '/run/token')",
    ],
  ])('says in one line what it lacks: %s', async (_name, env, line) => {
    const token = join(folder, 'token');
    writeFileSync(token, 'secret', { mode: 0o600 });
    const settings = Object.entries(env).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]);
    expect(await runToItsEnd('--volume', `${token}:/run/token:ro`, ...settings, IMAGE)).toEqual({
      code: 1,
      text: line,
    });
  });

  it('runs a role read-only and without rights, says when it is healthy, and stops when it is told to', async () => {
    await docker(
      ...[
        'run',
        '--detach',
        '--name',
        name,
        '--read-only',
        '--cap-drop',
        'ALL',
        '--volume',
        `${volume}:/data`,
      ],
      ...['--env', 'ROLE=catalog', '--env', `CLUSTER_SECRET=${SECRET}`, IMAGE],
    );
    const inspect = (format: string) => docker('inspect', '--format', format, name);
    await until('it is healthy', async () => (await inspect('{{.State.Health.Status}}')) === 'healthy');

    const inside = (...command: string[]) => docker('exec', name, ...command);
    expect(
      JSON.parse(await inside('node', '-p', 'JSON.stringify([process.getuid(), process.getgid()])')),
    ).toEqual([1000, 1000]);
    const places = ['/app/x', '/tmp/x', '/etc/x', '/home/node/x', '/data/x'];
    expect(JSON.parse(await inside('node', '-e', TRY_TO_WRITE, ...places))).toEqual([
      ...Array<string>(4).fill('EROFS'),
      null,
    ]);
    // Process 1 is the role itself: nothing stands between it and the signal.
    expect(await inside('node', '-p', "require('node:fs').readFileSync('/proc/1/cmdline', 'utf8')")).toMatch(
      /^node\0dist\/main\.js\0/,
    );

    await docker('stop', '--time', '30', name);
    expect(await inspect('{{.State.ExitCode}}')).toBe('0');
  }, 120_000);
});
