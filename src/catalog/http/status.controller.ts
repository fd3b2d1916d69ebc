import { Controller, Get, Param, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { type BookRecord, type CatalogStatus } from '../../contract/operations.js';
import { AnswerCounter } from '../../observability/answer-counter.js';
import { CATALOGUE } from '../../core/replication/types.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { Internal } from '../../http/internal.decorator.js';
import { BookIdPipe } from './book-id.pipe.js';
import { ledgerLines } from './ledger-lines.js';
import { SessionAddresses } from './session-addresses.js';

const ASKED = /^\/(query|operations|update|orders|topics|books)(\/|$)/;
const LEDGER_LINES = 12;

@Internal('operations')
@Controller('status')
export class StatusController {
  private readonly bookIds = new BookIdPipe();

  constructor(
    private readonly host: ReplicaHost,
    private readonly store: SqliteStore,
    private readonly counter: AnswerCounter,
    private readonly addresses: SessionAddresses,
  ) {}

  @ApiOperation({ summary: 'What this replica knows of itself, its peers and its front-ends' })
  @ApiOkResponse({ description: 'CatalogStatus' })
  @ApiServiceUnavailableResponse({ description: 'The replica does not run: its store failed' })
  @Get()
  async replica(): Promise<CatalogStatus> {
    const status = this.host.status() ?? this.stopped();
    const sessions = status.sessions.map((session) => ({
      ...session,
      address: this.addresses.of(session.frontEndId),
    }));
    return { ...status, sessions, answers: await this.counter.read(ASKED) };
  }

  @ApiOperation({
    summary:
      'What this replica knows of one book, with the newest entries of its ledger; 0 is the catalogue itself',
  })
  @ApiOkResponse({ description: 'BookRecord' })
  @ApiServiceUnavailableResponse({ description: 'The replica does not run: its store failed' })
  @Get(':bookId')
  record(@Param('bookId') text: string): BookRecord {
    const bookId = /^0+$/.test(text) ? CATALOGUE : this.bookIds.transform(text);
    const status = this.host.recordStatus(bookId) ?? this.stopped();
    const book = this.store.record(bookId)?.book ?? null;
    const from = Math.max(0, status.committed - LEDGER_LINES + 1);
    return {
      ...status,
      book: book && { title: book.title, quantity: book.quantity, priceCents: book.priceCents },
      ledger: ledgerLines(this.store.entries(bookId, from, LEDGER_LINES)),
    };
  }

  private stopped(): never {
    const reason = this.host.failure() ?? 'it is stopping';
    throw new ServiceUnavailableException({ message: `The replica does not run: ${reason}` });
  }
}
