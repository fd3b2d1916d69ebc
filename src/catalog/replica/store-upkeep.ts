import { Injectable } from '@nestjs/common';
import { SystemClock } from '../../runtime/clock.js';
import { isDamage } from '../store/damage.js';
import { Scrub } from '../store/scrub.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { asError } from './incarnation.js';
import { ReplicaHost } from './replica.host.js';
import { ReplicaMetrics } from './replica.metrics.js';
import { StoreFailures } from './store-failures.js';

const FILLING_PAUSE_MS = 5;
const FILLING_RETRY_MS = 1_000;
/** Half a millisecond's work comes between two of them. */
const SCRUB_PAUSE_MS = 20;
const SCRUB_AGAIN_MS = 24 * 60 * 60 * 1000;
/** How often a catalog that writes nothing looks whether its file is still there. */
const LOOK_AT_FILE_MS = 1_000;

/** What a replica's file needs while all else goes on: its index filled up, its ledgers looked through, and that it is still there. */
@Injectable()
export class StoreUpkeep {
  private cancelFilling: () => void = () => undefined;
  private cancelScrub: () => void = () => undefined;
  private cancelLook: () => void = () => undefined;

  constructor(
    private readonly host: ReplicaHost,
    private readonly store: SqliteStore,
    private readonly failures: StoreFailures,
    private readonly clock: SystemClock,
    private readonly metrics: ReplicaMetrics,
  ) {}

  start(): void {
    this.fillIndex();
    this.scrubAfter(SCRUB_PAUSE_MS, new Scrub(this.store));
    this.lookAtFile();
  }

  stop(): void {
    this.cancelFilling();
    this.cancelScrub();
    this.cancelLook();
  }

  /** An older file's books come into the index in slices, while all else goes on. */
  private fillIndex(): void {
    let again = true;
    let pauseMs = FILLING_PAUSE_MS;
    try {
      again = this.store.fillIndex();
    } catch {
      // The store has failed, and whoever needs it next hears of it.
      pauseMs = FILLING_RETRY_MS;
    }
    if (again) this.cancelFilling = this.clock.after(pauseMs, () => this.fillIndex());
  }

  /** All ledgers are looked through after a start, and every day. */
  private scrubAfter(pauseMs: number, scrub: Scrub): void {
    this.cancelScrub = this.clock.after(pauseMs, () => {
      try {
        const done = scrub.slice();
        if (done === null) return this.scrubAfter(SCRUB_AGAIN_MS, new Scrub(this.store));
        this.metrics.scrubbed(done);
        this.scrubAfter(SCRUB_PAUSE_MS, scrub);
      } catch (error) {
        if (isDamage(error)) return this.host.storeFailed(error as Error);
        // The store has failed, and whoever needs it next hears of it.
        this.scrubAfter(FILLING_RETRY_MS, new Scrub(this.store));
      }
    });
  }

  private lookAtFile(): void {
    this.cancelLook = this.clock.after(LOOK_AT_FILE_MS, () => {
      try {
        this.store.assertInPlace();
        this.lookAtFile();
      } catch (error) {
        this.failures.report(asError(error));
      }
    });
  }
}
