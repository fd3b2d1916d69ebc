import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type CatalogConfig } from '../config/index.js';
import { bookAnswerOf } from '../contract/public-answers.js';
import {
  endSessionCall,
  type LookUpAnswer,
  lookUpCall,
  type LookUpRequest,
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
import { resumeRequest } from '../observability/request-context.js';
import { type Caller, RpcHandlers } from '../rpc/handlers.js';
import { answerWithin } from '../rpc/time-left.js';
import { CONFIG } from '../runtime/config.token.js';
import { asShown } from './as-shown.js';
import { readIdCursor } from './cursors.js';
import { CatalogEngine } from './engine.js';
import { OperationMetrics } from './operation.metrics.js';
import { SessionAddresses } from './session-addresses.js';

const BASE_ADDRESS = /^https?:\/\/[^\s/?#]+$/;

/** What a catalog answers on the line. */
@Injectable()
export class CatalogCalls implements OnModuleInit {
  private readonly log = new Logger('Operations');

  constructor(
    private readonly handlers: RpcHandlers,
    private readonly engine: CatalogEngine,
    private readonly metrics: OperationMetrics,
    private readonly addresses: SessionAddresses,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'leaseMs'>,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(lookUpCall, (request, caller) => this.lookUp(request, caller));
    this.handlers.handle(searchCall, (request, caller) => this.search(request, caller));
    this.handlers.handle(sessionCall, (_request, caller) => this.session(caller));
    this.handlers.handle(endSessionCall, (_request, { id }) => {
      this.engine.endSession(id);
      return {};
    });
    this.handlers.handle(submitCall, async ({ operations }, { leftMs }) => {
      const resume = resumeRequest();
      const timeoutMs = answerWithin(leftMs);
      const results = await Promise.all(
        operations.map(({ bookId, operation }) => this.engine.submit(bookId, operation, timeoutMs)),
      );
      for (const result of results) this.metrics.count(result);
      const open = operations.filter((_, at) => results[at]?.kind === 'unknown').map(({ bookId }) => bookId);
      if (open.length > 0) resume(() => this.log.warn(`Not decided in time: ${told(open)}`));
      return { results, elsewhere: this.ledElsewhere(operations.map(({ bookId }) => bookId)) };
    });
  }

  private ledElsewhere(bookIds: readonly BookId[]): LedElsewhere[] {
    return bookIds.flatMap((bookId, at) => {
      const leader = this.engine.leader(bookId);
      return leader === null ? [] : [{ at, leader }];
    });
  }

  private async lookUp(
    { bookId, hiddenToo }: LookUpRequest,
    { role, id, leftMs }: Caller,
  ): Promise<LookUpAnswer> {
    // Only a front-end can be told when the answer changes (F5).
    const frontEndId = role === 'frontend' && hiddenToo === undefined ? id : null;
    const read = await this.engine.read(bookId, answerWithin(leftMs), frontEndId);
    const result = hiddenToo === true ? read : asShown(read);
    switch (result.kind) {
      case 'found': {
        const book = bookAnswerOf(result.bookId, result.book, result.sequenceNumber);
        return { kind: 'found', book, source: this.source(frontEndId !== null && result.cacheable) };
      }
      case 'not found':
        return { kind: 'no such book', source: this.source(frontEndId !== null && result.cacheable) };
      case 'unavailable':
        return result;
      default:
        return result satisfies never;
    }
  }

  private async search({ text, limit, cursor }: SearchRequest, { leftMs }: Caller): Promise<SearchAnswer> {
    const after = readIdCursor(cursor);
    if (after === undefined) return { kind: 'cursor unknown' };
    const view = await this.engine.searchByTopic(text, after, limit + 1, answerWithin(leftMs));
    if (view === null) return { kind: 'unavailable' };
    const books = view.seen.slice(0, limit);
    const next = view.seen.length > limit ? String(books.at(-1)?.id ?? '') : null;
    return { kind: 'found', books, next, source: this.source(view.cacheable) };
  }

  private session({ role, id, address }: Caller): SessionAnswer {
    if (role !== 'frontend' || !BASE_ADDRESS.test(address)) return { kind: 'none' };
    this.addresses.asked(id, address);
    const grant = this.engine.session(id, address);
    return grant === null ? { kind: 'none' } : { kind: 'granted', ...grant, leaseMs: this.config.leaseMs };
  }

  private source(cacheable: boolean): Source {
    return { session: this.engine.sessionKey() ?? '', alone: cacheable };
  }
}

const MOST_TOLD = 10;

function told(bookIds: readonly BookId[]): string {
  const others = bookIds.length - MOST_TOLD;
  const named = `operations on the books ${bookIds.slice(0, MOST_TOLD).join(', ')}`;
  return others > 0 ? `${named} and ${others} more` : named;
}
