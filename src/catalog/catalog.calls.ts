import { Injectable, type OnModuleInit } from '@nestjs/common';
import { submitCall } from '../contract/rpc.js';
import { RpcHandlers } from '../rpc/handlers.js';
import { answerWithin } from '../rpc/time-left.js';
import { CatalogMetrics } from './catalog.metrics.js';
import { ReplicaHost } from './replica/replica.host.js';

/** What a catalog answers on the line. */
@Injectable()
export class CatalogCalls implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly host: ReplicaHost,
    private readonly metrics: CatalogMetrics,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(submitCall, async ({ operations }, { leftMs }) => {
      const timeoutMs = answerWithin(leftMs);
      const results = await Promise.all(
        operations.map(({ bookId, operation }) => this.host.submit(bookId, operation, timeoutMs)),
      );
      for (const result of results) this.metrics.count(result);
      return { results };
    });
  }
}
