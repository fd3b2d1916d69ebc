import {
  type BeforeApplicationShutdown,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Readiness } from '../observability/readiness.js';
import { CatalogEngine } from './engine.js';
import { Webhook } from './webhook/webhook.js';

/** Starts the engine when everything is put together, says when it is ready, and stops it in good order. */
@Injectable()
export class CatalogLifecycle
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  constructor(
    private readonly engine: CatalogEngine,
    private readonly webhook: Webhook,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.readiness.add('replica', () => this.engine.state());
    this.engine.start(() => this.readiness.changed());
    this.webhook.start();
  }

  /** While the server still answers: peers have to hear the farewell, and callers their answers. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.webhook.stop();
    await this.engine.leave();
  }

  onApplicationShutdown(): Promise<void> {
    return this.engine.close();
  }
}
