import { Injectable, type OnModuleInit } from '@nestjs/common';
import { rangeCall, rangesCall } from '../contract/observation.js';
import { RpcHandlers } from '../rpc/handlers.js';
import { SqliteStore } from './store/sqlite-store.js';

/** What an observer compares replicas by. */
@Injectable()
export class RangeCalls implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly store: SqliteStore,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(rangesCall, ({ from }) => this.store.ranges.sums(from));
    this.handlers.handle(rangeCall, ({ range }) => this.store.ranges.books(range));
  }
}
