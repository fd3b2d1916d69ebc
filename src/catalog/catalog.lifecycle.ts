import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Readiness, type ReadinessState } from '../observability/readiness.js';
import { CatalogMetrics } from './catalog.metrics.js';
import { PeerNetwork } from './peers/peer-network.js';
import { SystemClock } from '../runtime/clock.js';
import { asError } from './replica/incarnation.js';
import { ReplicaHost } from './replica/replica.host.js';
import { StoreFailures } from './replica/store-failures.js';
import { CATALOGUE_INDEX, type CatalogueIndex } from './store/catalogue-index.js';
import { isDamage } from './store/damage.js';
import { Scrub } from './store/scrub.js';
import { SqliteStore } from './store/sqlite-store.js';

const FILLING_PAUSE_MS = 5;
const FILLING_RETRY_MS = 1_000;
/** Half a millisecond's work comes between two of them. */
const SCRUB_PAUSE_MS = 20;
const SCRUB_AGAIN_MS = 24 * 60 * 60 * 1000;
/** How often a catalog that writes nothing looks whether its file is still there. */
const LOOK_AT_FILE_MS = 1_000;
/** A lease runs out by time alone, and nobody tells. */
const READINESS_LOOK_MS = 100;

/** Starts the replica when everything is put together, says when it is ready, and stops it in good order. */
@Injectable()
export class CatalogLifecycle
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private cancelFilling: () => void = () => undefined;
  private cancelScrub: () => void = () => undefined;
  private cancelLook: () => void = () => undefined;
  private cancelReadinessLook: () => void = () => undefined;
  private wasReady = false;

  constructor(
    private readonly host: ReplicaHost,
    private readonly network: PeerNetwork,
    private readonly store: SqliteStore,
    private readonly failures: StoreFailures,
    private readonly readiness: Readiness,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
    private readonly clock: SystemClock,
    private readonly metrics: CatalogMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.failures.listen((error) => this.host.storeFailed(error));
    this.network.listen(this.host);
    this.readiness.add('replica', () => this.state());
    this.host.start();
    this.watchReadiness();
    this.fillIndex();
    this.scrubAfter(SCRUB_PAUSE_MS, new Scrub(this.store));
    this.lookAtFile();
  }

  /** While the server still answers: peers have to hear the farewell, and callers their answers. */
  beforeApplicationShutdown(): Promise<void> {
    return this.host.leave();
  }

  async onApplicationShutdown(): Promise<void> {
    this.cancelFilling();
    this.cancelScrub();
    this.cancelLook();
    this.cancelReadinessLook();
    this.network.close();
    await this.store.close();
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

  private watchReadiness(): void {
    const isReady = this.host.ready();
    if (isReady !== this.wasReady) this.readiness.changed();
    this.wasReady = isReady;
    this.cancelReadinessLook = this.clock.after(READINESS_LOOK_MS, () => this.watchReadiness());
  }

  private state(): ReadinessState {
    const failure = this.host.failure();
    if (failure !== null) return { ready: false, reason: `the store failed: ${failure}` };
    this.index.check();
    if (!this.host.ready()) {
      return { ready: false, reason: 'not caught up, or without a majority of leases' };
    }
    return { ready: true, details: { lastChange: this.host.status()?.lastChange } };
  }
}
