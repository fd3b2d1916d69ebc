import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Readiness, type ReadinessState } from '../observability/readiness.js';
import { PeerNetwork } from './peers/peer-network.js';
import { ReplicaHost } from './replica/replica.host.js';
import { StoreFailures } from './replica/store-failures.js';
import { CATALOGUE_INDEX, type CatalogueIndex } from './store/catalogue-index.js';
import { SqliteStore } from './store/sqlite-store.js';

/** Starts the replica when everything is put together, says when it is ready, and stops it in good order. */
@Injectable()
export class CatalogLifecycle
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly host: ReplicaHost,
    private readonly network: PeerNetwork,
    private readonly store: SqliteStore,
    private readonly failures: StoreFailures,
    private readonly readiness: Readiness,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
  ) {}

  onApplicationBootstrap(): void {
    this.failures.listen((error) => this.host.storeFailed(error));
    this.network.listen(this.host);
    this.readiness.add('replica', () => this.state());
    this.host.start();
  }

  /** While the server still answers: peers have to hear the farewell, and callers their answers. */
  beforeApplicationShutdown(): Promise<void> {
    return this.host.leave();
  }

  async onApplicationShutdown(): Promise<void> {
    this.network.close();
    await this.store.close();
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
