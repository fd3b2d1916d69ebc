import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Readiness } from '../observability/readiness.js';
import { CatalogEngine } from './engine.js';

/** Starts the engine when everything is put together, says when it is ready, and stops it in good order. */
@Injectable()
export class CatalogLifecycle
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly engine: CatalogEngine,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.add('replica', () => this.engine.state());
    this.engine.start(() => this.readiness.changed());
  }

  /** While the server still answers: peers have to hear the farewell, and callers their answers. */
  beforeApplicationShutdown(): Promise<void> {
    return this.engine.leave();
  }

  onApplicationShutdown(): Promise<void> {
    return this.engine.close();
  }
}
