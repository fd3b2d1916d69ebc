import { Injectable, type OnModuleInit } from '@nestjs/common';
import { holdCall, holdsCall } from '../contract/holding-calls.js';
import {
  findBooksCall,
  lookUpCall,
  lowStockCall,
  orderCall,
  ordersCall,
  searchCall,
  submitCall,
  topicsCall,
} from '../contract/rpc.js';
import {
  type BookRecordAnswer,
  bookRecordCall,
  type CatalogStatusAnswer,
  catalogStatusCall,
  type Stopped,
} from '../contract/watching.js';
import { type BookId } from '../core/replication/types.js';
import { AnswerCounter, askedBy } from '../observability/answer-counter.js';
import { RpcHandlers } from '../rpc/handlers.js';
import { CatalogEngine } from './engine.js';
import { SessionAddresses } from './session-addresses.js';
import { Webhook } from './webhook/webhook.js';

/** What is asked for the bookstore's sake, not to watch it: calls, and the original's paths. */
const ASKED = askedBy(
  [
    lookUpCall,
    searchCall,
    findBooksCall,
    submitCall,
    topicsCall,
    lowStockCall,
    ordersCall,
    orderCall,
    holdCall,
    holdsCall,
  ],
  '/query',
  '/update',
);
const LEDGER_LINES = 12;

/** What this replica knows of itself and of one book: on the line, and through `StatusController`. */
@Injectable()
export class StatusCalls implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly engine: CatalogEngine,
    private readonly counter: AnswerCounter,
    private readonly addresses: SessionAddresses,
    private readonly webhook: Webhook,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(catalogStatusCall, () => this.status());
    this.handlers.handle(bookRecordCall, ({ bookId }) => this.record(bookId));
  }

  async status(): Promise<CatalogStatusAnswer> {
    const status = await this.engine.status();
    if (status === null) return this.stopped();
    const sessions = status.sessions.map((session) => ({
      ...session,
      address: this.addresses.of(session.frontEndId),
    }));
    const answers = await this.counter.read(ASKED);
    return { kind: 'status', status: { ...status, sessions, answers, webhook: this.webhook.status() } };
  }

  async record(bookId: BookId): Promise<BookRecordAnswer> {
    const record = await this.engine.record(bookId, LEDGER_LINES);
    return record === null ? this.stopped() : { kind: 'record', ...record };
  }

  private stopped(): Stopped {
    return { kind: 'stopped', reason: this.engine.stopped() };
  }
}
