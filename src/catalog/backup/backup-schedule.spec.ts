import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { type Registry } from 'prom-client';
import { Answers } from '../../observability/answers.js';
import { Metrics } from '../../observability/metrics.js';
import { type SystemClock } from '../../runtime/clock.js';
import { newBackupName, writeManifest } from './backup-files.js';
import { BackupSchedule } from './backup-schedule.js';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 27, 20);

describe('the schedule of backups', () => {
  let folder: string;
  let delays: number[];
  let fire: () => void;
  let commands: (readonly string[])[];
  let code: number;
  const clock = {
    wallClockMs: () => NOW_MS,
    after: (delayMs: number, action: () => void) => {
      delays.push(delayMs);
      fire = action;
      return () => undefined;
    },
  } as unknown as SystemClock;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-schedule-'));
    delays = [];
    commands = [];
    code = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const start = (): Registry => {
    const metrics = new Metrics({ role: 'catalog' }, new Answers());
    const ownProcess = {
      run: (args: readonly string[]) => {
        commands.push(args);
        return Promise.resolve({ code, output: 'said so\n' });
      },
      restart: () => undefined,
    };
    const backup = { everyMs: 6 * HOUR_MS, to: folder, keep: 3 };
    const config = { backup, advertisedAddress: 'http://catalog-1:5000' };
    new BackupSchedule(config, ownProcess, clock, metrics).onApplicationBootstrap();
    return metrics.registry;
  };
  const due = async (): Promise<void> => {
    fire();
    await new Promise((resolve) => setImmediate(resolve));
  };
  const kept = (catalog: string, agoMs: number): void => {
    const takenAt = new Date(NOW_MS - agoMs);
    const path = join(folder, newBackupName(takenAt));
    writeFileSync(path, '');
    writeManifest(path, {
      catalog,
      takenAt: takenAt.toISOString(),
      bytes: 0,
      sha256: '',
      books: 0,
      orders: 0,
      entries: 0,
      lastChange: 0,
      booksHash: '',
    });
  };
  const value = async (registry: Registry, name: string): Promise<number | undefined> =>
    (await registry.getSingleMetric(name)?.get())?.values[0]?.value;

  it('begins soon when there is none, and goes on in its time', async () => {
    const registry = start();
    await due();
    expect(commands).toEqual([['backup', '--to', folder, '--keep', '3']]);
    expect(delays).toEqual([30_000, 6 * HOUR_MS]);
    expect(await value(registry, 'bazar_backup_last_success_timestamp_seconds')).toBe(NOW_MS / 1000);
  });

  it('goes on from the last one of this catalog after a restart', () => {
    kept('http://catalog-1:5000', 2 * HOUR_MS);
    kept('http://catalog-2:5000', HOUR_MS);
    start();
    expect(delays).toEqual([4 * HOUR_MS]);
  });

  it('tries again soon when one fails, and counts it', async () => {
    code = 1;
    const registry = start();
    await due();
    expect(delays).toEqual([30_000, 5 * 60_000]);
    expect(await value(registry, 'bazar_backup_failures_total')).toBe(1);
    expect(await value(registry, 'bazar_backup_last_success_timestamp_seconds')).toBe(0);
  });
});
