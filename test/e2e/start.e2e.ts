import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

    const second = start();
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

  it('shows its options', async () => {
    const output = start('--help');
    expect((await output.ended).code).toBe(0);
    expect(output.text).toContain('npm start -- [options]');
  });
});

/** The child that listens on a port, from what /proc knows; children inherit nothing else to tell them apart by. */
function pidOfChild(output: OutputOf, port: number): number | null {
  const children = readFileSync(`/proc/${output.child.pid}/task/${output.child.pid}/children`, 'utf8');
  const pids = children.trim().split(' ').map(Number);
  const isIt = (pid: number) =>
    readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`PORT=${port}`);
  return pids.find(isIt) ?? null;
}
