import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type CatalogConfig } from '../config/index.js';
import { bookAnswerOf } from '../contract/public-answers.js';
import {
  endSessionCall,
  type LookUpAnswer,
  lookUpCall,
  type SearchAnswer,
  searchCall,
  type SearchRequest,
  type SessionAnswer,
  sessionCall,
  type Source,
  submitCall,
} from '../contract/rpc.js';
import { type LedElsewhere } from '../contract/internal.js';
import { type BookId } from '../core/replication/types.js';
import { type Caller, RpcHandlers } from '../rpc/handlers.js';
import { answerWithin } from '../rpc/time-left.js';
import { CONFIG } from '../runtime/config.token.js';
import { CatalogMetrics } from './catalog.metrics.js';
import { readIdCursor } from './cursors.js';
import { ReplicaHost } from './replica/replica.host.js';
import { SessionAddresses } from './session-addresses.js';
import { CATALOGUE_INDEX, type CatalogueIndex } from './store/catalogue-index.js';

const BASE_ADDRESS = /^https?:\/\/[^\s/?#]+$/;

/** What a catalog answers on the line. */
@Injectable()
export class CatalogCalls implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly host: ReplicaHost,
    private readonly metrics: CatalogMetrics,
    private readonly addresses: SessionAddresses,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(lookUpCall, ({ bookId }, caller) => this.lookUp(bookId, caller));
    this.handlers.handle(searchCall, (request, caller) => this.search(request, caller));
    this.handlers.handle(sessionCall, (_request, caller) => this.session(caller));
    this.handlers.handle(endSessionCall, (_request, { id }) => {
      this.host.endSession(id);
      return {};
    });
    this.handlers.handle(submitCall, async ({ operations }, { leftMs }) => {
      const timeoutMs = answerWithin(leftMs);
      const results = await Promise.all(
        operations.map(({ bookId, operation }) => this.host.submit(bookId, operation, timeoutMs)),
      );
      for (const result of results) this.metrics.count(result);
      return { results, elsewhere: this.ledElsewhere(operations.map(({ bookId }) => bookId)) };
    });
  }

  private ledElsewhere(bookIds: readonly BookId[]): LedElsewhere[] {
    const { addresses, position } = this.config;
    return bookIds.flatMap((bookId, at) => {
      const leader = this.host.leader(bookId);
      const address = leader === null || leader === position ? undefined : addresses[leader];
      return address === undefined ? [] : [{ at, leader: address }];
    });
  }

  private async lookUp(bookId: BookId, { role, id, leftMs }: Caller): Promise<LookUpAnswer> {
    // Only a front-end can be told when the answer changes (F5).
    const frontEndId = role === 'frontend' ? id : null;
    const result = await this.host.read(bookId, answerWithin(leftMs), frontEndId);
    switch (result.kind) {
      case 'found': {
        const book = bookAnswerOf(result.bookId, result.book, result.sequenceNumber);
        return { kind: 'found', book, source: this.source(frontEndId !== null && result.alone) };
      }
      case 'not found':
        return { kind: 'no such book', source: this.source(frontEndId !== null && result.alone) };
      case 'unavailable':
        return result;
      default:
        return result satisfies never;
    }
  }

  private async search({ text, limit, cursor }: SearchRequest, { leftMs }: Caller): Promise<SearchAnswer> {
    const after = readIdCursor(cursor);
    if (after === undefined) return { kind: 'cursor unknown' };
    const view = await this.host.viewBehindBarrier('titles', answerWithin(leftMs), () =>
      this.index.searchByTopic(text, after, limit + 1),
    );
    if (view === null) return { kind: 'unavailable' };
    const books = view.seen.slice(0, limit);
    const next = view.seen.length > limit ? String(books.at(-1)?.id ?? '') : null;
    return { kind: 'found', books, next, source: this.source(view.alone) };
  }

  private session({ role, id, address }: Caller): SessionAnswer {
    if (role !== 'frontend' || !BASE_ADDRESS.test(address)) return { kind: 'none' };
    this.addresses.asked(id, address);
    const grant = this.host.session(id, address);
    return grant === null ? { kind: 'none' } : { kind: 'granted', ...grant, leaseMs: this.config.leaseMs };
  }

  private source(alone: boolean): Source {
    return { session: this.host.identity() ?? '', alone };
  }
}
