import { existsSync } from 'node:fs';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { type CatalogConfig } from '../../config/index.js';
import { Metrics } from '../../observability/metrics.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { OWN_PROCESS, type OwnProcess } from '../../runtime/own-process.js';
import { backupsIn, readManifest } from './backup-files.js';

/** A catalog that has just started has better things to do. */
const FIRST_AFTER_MS = 30_000;
const AGAIN_AFTER_FAILURE_MS = 5 * 60_000;

/** Backs this catalog up every BACKUP_EVERY, in a process beside it, whatever starts there were meanwhile. */
@Injectable()
export class BackupSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly log = new Logger('Backup');
  private readonly failures;
  private lastMs = 0;
  private cancel: () => void = () => undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'backup' | 'advertisedAddress'>,
    @Inject(OWN_PROCESS) private readonly ownProcess: OwnProcess | null,
    private readonly clock: SystemClock,
    metrics: Metrics,
  ) {
    this.failures = metrics.counter(
      'bazar_backup_failures_total',
      'Backups that could not be made, or were not sound',
    );
    metrics.gauge(
      'bazar_backup_last_success_timestamp_seconds',
      'When the last sound backup of BACKUP_EVERY was taken, since 1970; 0: none, or there is no schedule',
      () => this.lastMs / 1000,
    );
  }

  onApplicationBootstrap(): void {
    const { backup } = this.config;
    if (backup === null || this.ownProcess === null) return;
    this.lastMs = this.lastIn(backup.to);
    const dueMs = this.lastMs + backup.everyMs - this.clock.wallClockMs();
    this.after(Math.max(FIRST_AFTER_MS, dueMs), backup, this.ownProcess);
  }

  onApplicationShutdown(): void {
    this.cancel();
  }

  private after(delayMs: number, backup: NonNullable<CatalogConfig['backup']>, ownProcess: OwnProcess): void {
    this.cancel = this.clock.after(delayMs, () => {
      void this.backUp(backup, ownProcess).then((done) =>
        this.after(
          done ? backup.everyMs : Math.min(backup.everyMs, AGAIN_AFTER_FAILURE_MS),
          backup,
          ownProcess,
        ),
      );
    });
  }

  private async backUp(
    { to, keep }: NonNullable<CatalogConfig['backup']>,
    ownProcess: OwnProcess,
  ): Promise<boolean> {
    const startedAt = this.clock.wallClockMs();
    const { code, output } = await ownProcess.run(['backup', '--to', to, '--keep', String(keep)]);
    const said = output.trim().replace(/\n/g, '; ');
    if (code === 0) {
      this.lastMs = startedAt;
      this.log.log(said);
      return true;
    }
    this.failures.inc();
    this.log.warn(`There is no backup: ${said}`);
    return false;
  }

  /** Of this catalog: others may keep theirs in the same folder. 0: never. */
  private lastIn(folder: string): number {
    if (!existsSync(folder)) return 0;
    const own = backupsIn(folder)
      .map((path) => readManifest(path))
      .filter((manifest) => manifest?.catalog === this.config.advertisedAddress);
    return Math.max(0, ...own.map((manifest) => Date.parse(manifest?.takenAt ?? '') || 0));
  }
}
