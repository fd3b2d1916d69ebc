import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputOf } from '../support/output-of.js';
import { freePorts } from '../support/ports.js';
import { bareEnvironment, buildDist, ENTRY } from '../support/processes.js';
import { until } from '../support/until.js';

describe('npm start', () => {
  const running: OutputOf[] = [];
  let folder: string;
  let basePort: number;

  beforeAll(buildDist, 300_000);
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-start-'));
    basePort = Math.min((await freePorts(1))[0] ?? 0, 65_505);
  });
  afterEach(async () => {
    for (const output of running.splice(0)) {
      output.child.kill('SIGTERM');
      await output.ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function start(...args: string[]): OutputOf {
    const all = [
      ...['local-cluster', '--data', folder, '--base-port', String(basePort)],
      ...['--catalogs', '1', '--orders', '1', '--front-ends', '1', ...args],
    ];
    const output = new OutputOf(spawn(process.execPath, [ENTRY, ...all], { env: bareEnvironment() }));
    running.push(output);
    return output;
  }
  const isLive = async (port: number) => {
    try {
      return (await fetch(`http://127.0.0.1:${port}/health/live`)).ok;
    } catch {
      return false;
    }
  };
  const livePorts = async () => {
    const ports = [basePort, basePort + 10, basePort + 20];
    const live = await Promise.all(ports.map(isLive));
    return ports.filter((_, index) => live[index]);
  };

  it('runs every role, shows where to look, and stops at Ctrl-C', async () => {
    const output = start();
    await output.shows(/Bazar is ready: 3 processes/);
    expect(output.text).toContain(`Shop         http://127.0.0.1:${basePort}/`);
    expect(await livePorts()).toHaveLength(3);

    const second = start('--data', join(folder, 'other'));
    await second.shows(new RegExp(`Port ${basePort}, which front-end 1 needs, is in use`));
    expect((await second.ended).code).toBe(1);

    output.child.kill('SIGINT');
    expect(await output.ended).toEqual({ code: 0, signal: null });
    expect(await livePorts()).toEqual([]);
  }, 120_000);

  it('keeps the books from run to run, until it is told to start afresh', async () => {
    const lastChange = async (): Promise<number> => {
      const ready = await fetch(`http://127.0.0.1:${basePort + 20}/health/ready`);
      const { info } = (await ready.json()) as { info: { replica: { lastChange: number } } };
      return info.replica.lastChange;
    };
    const runOnce = async (...args: string[]): Promise<number> => {
      const output = start(...args);
      await output.shows(/Bazar is ready/);
      const change = await lastChange();
      output.child.kill('SIGINT');
      await output.ended;
      return change;
    };
    const first = await runOnce();
    expect(first).toBeGreaterThan(0);
    expect(await runOnce()).toBeGreaterThanOrEqual(first);
    expect(await runOnce('--fresh')).toBe(first);
  }, 120_000);

  it('starts a PostgreSQL for all catalogs, which ends with it however that ends, and keeps the books', async () => {
    const postgres = ['--engine', 'postgres'];
    const output = start(...postgres);
    await output.shows(/Bazar is ready: 3 processes/);
    const shop = `http://127.0.0.1:${basePort}`;
    expect((await fetch(`${shop}/buy/1`, { method: 'PUT' })).status).toBe(200);
    output.child.kill('SIGKILL');
    // What it left behind would keep the files: the next one could not start.
    await until('its server has ended', () => !existsSync(join(folder, 'postgres', 'postmaster.pid')));
    await until('every role has stopped', async () => (await livePorts()).length === 0);
    const again = start(...postgres);
    await again.shows(/Bazar is ready: 3 processes/);
    expect(await (await fetch(`${shop}/lookup/1`)).json()).toMatchObject({ quantity: 9 });
    again.child.kill('SIGINT');
    expect(await again.ended).toEqual({ code: 0, signal: null });
  }, 120_000);

  it('tells when a process ends, and does not restart it', async () => {
    const output = start();
    await output.shows(/Bazar is ready/);
    const pid = await until('the pid of the order server', () => pidOfChild(output, basePort + 10));
    process.kill(pid, 'SIGKILL');
    await output.shows(/order 1 ended by SIGKILL; it is not restarted/);
    expect(await livePorts()).toEqual([basePort, basePort + 20]);
    output.child.kill('SIGINT');
    expect((await output.ended).code).toBe(1);
  }, 120_000);

  it('leaves no process behind when it is killed itself', async () => {
    const output = start();
    await output.shows(/Bazar is ready/);
    output.child.kill('SIGKILL');
    await until('every role has stopped', async () => (await livePorts()).length === 0);
  }, 120_000);

  it('leaves none behind that it had hung either', async () => {
    const output = start();
    await output.shows(/Bazar is ready/);
    const pid = await until('the pid of the order server', () => pidOfChild(output, basePort + 10));
    const asked = await fetch(`http://127.0.0.1:${basePort}/ops/processes`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${readFileSync(join(folder, 'admin-token'), 'utf8').trim()}`,
      },
      body: JSON.stringify({ name: 'order 1', action: 'hang' }),
    });
    expect(asked.status).toBe(204);
    await until('the order server hangs', () => stateOf(pid) === 'T');
    output.child.kill('SIGKILL');
    await until('it has ended', () => ['gone', 'Z'].includes(stateOf(pid)));
    await until('every role has stopped', async () => (await livePorts()).length === 0);
  }, 120_000);

  it('refuses the folder of a bookstore that runs, before anything is deleted', async () => {
    const output = start();
    await output.shows(/Bazar is ready/);
    const others = ['--base-port', String(basePort + 40), '--fresh'];
    const second = start(...others);
    await second.shows(/is in use by a bookstore that npm start runs/);
    expect((await second.ended).code).toBe(1);
    expect(second.text.trim().split('\n')).toHaveLength(1);
    const buy = await fetch(`http://127.0.0.1:${basePort}/buy/2`, { method: 'PUT' });
    expect(await buy.json()).toMatchObject({ success: true });
    expect(statSync(join(folder, 'catalog-1.sqlite')).mode & 0o777).toBe(0o600);
  }, 120_000);

  it('brings a catalog whose database is damaged back from the others, and says which file was set aside', async () => {
    const first = start('--catalogs', '3');
    await first.shows(/Bazar is ready: 5 processes/);
    first.child.kill('SIGINT');
    await first.ended;
    writeFileSync(join(folder, 'catalog-2.sqlite'), 'no database '.repeat(1_000));
    const output = start('--catalogs', '3');
    await output.shows(/Bazar is ready: 5 processes/);
    expect(output.text).toMatch(/catalog 2 +\| .*catalog-2\.sqlite was damaged/);
    expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^catalog-2\.sqlite\.damaged-/));
    expect(output.text).not.toMatch(/^\s+at /m);
    const buy = await fetch(`http://127.0.0.1:${basePort}/buy/2`, { method: 'PUT' });
    expect(await buy.json()).toMatchObject({ success: true });
  }, 120_000);

  it.each([
    ['a file', (at: string) => at],
    ['below a file', (at: string) => join(at, 'data')],
  ])('says in one line that its folder is %s', async (_, pathIn) => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    const output = start('--data', pathIn(path));
    expect((await output.ended).code).toBe(1);
    expect(output.text.trim().split('\n')).toEqual([
      expect.stringMatching(/^--data: got .* \(a file stands there\)$/),
    ]);
  });

  it('shows its options', async () => {
    const output = start('--help');
    expect((await output.ended).code).toBe(0);
    expect(output.text).toContain('npm start -- [options]');
  });
});

/** `T` of one that stands still, `Z` of one that has ended and nobody asked for it. */
function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? 'gone';
  } catch {
    return 'gone';
  }
}

/** The child that listens on a port, from what /proc knows; children inherit nothing else to tell them apart by. */
function pidOfChild(output: OutputOf, port: number): number | null {
  const children = readFileSync(`/proc/${output.child.pid}/task/${output.child.pid}/children`, 'utf8');
  const pids = children.trim().split(' ').map(Number);
  const isIt = (pid: number) =>
    readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`PORT=${port}`);
  return pids.find(isIt) ?? null;
}
