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
import { ledgerLines } from './ledger-lines.js';
import { ReplicaHost } from './replica/replica.host.js';
import { SessionAddresses } from './session-addresses.js';
import { SqliteStore } from './store/sqlite-store.js';

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
    private readonly host: ReplicaHost,
    private readonly store: SqliteStore,
    private readonly counter: AnswerCounter,
    private readonly addresses: SessionAddresses,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(catalogStatusCall, () => this.status());
    this.handlers.handle(bookRecordCall, ({ bookId }) => this.record(bookId));
  }

  async status(): Promise<CatalogStatusAnswer> {
    const status = this.host.status();
    if (status === null) return this.stopped();
    const sessions = status.sessions.map((session) => ({
      ...session,
      address: this.addresses.of(session.frontEndId),
    }));
    return { kind: 'status', status: { ...status, sessions, answers: await this.counter.read(ASKED) } };
  }

  record(bookId: BookId): BookRecordAnswer {
    const status = this.host.recordStatus(bookId);
    const replicaId = this.host.status()?.replicaId;
    if (status === null || replicaId === undefined) return this.stopped();
    const book = this.store.record(bookId)?.book ?? null;
    const from = Math.max(0, status.committed - LEDGER_LINES + 1);
    const record = {
      ...status,
      book: book && { title: book.title, quantity: book.quantity, priceCents: book.priceCents },
      ledger: ledgerLines(this.store.entries(bookId, from, LEDGER_LINES)),
    };
    return { kind: 'record', replicaId, record };
  }

  private stopped(): Stopped {
    return { kind: 'stopped', reason: this.host.failure() ?? 'it is stopping' };
  }
}
