import {
  Body,
  ConflictException,
  Controller,
  Headers,
  Inject,
  NotFoundException,
  Param,
  Put,
  Res,
  UnprocessableEntityException,
} from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiGatewayTimeoutResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiServiceUnavailableResponse,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type CatalogConfig } from '../../config/index.js';
import { centsOf, priceOf } from '../../contract/book-limits.js';
import { UpdateAnswer, UpdateRequest } from '../../contract/catalog.js';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type Book, type BookChanges, type BookId, type Operation } from '../../core/replication/types.js';
import { CONFIG } from '../../runtime/config.token.js';
import { CatalogEngine } from '../engine.js';
import { IdempotencyKey, KeyRefused, keyOrOwn, tellRepeats } from '../../http/idempotency-key.js';
import { answerWithin } from '../../rpc/time-left.js';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';
import { BookIdPipe } from './book-id.pipe.js';
import { undecided } from './refusals.js';

type Edit = Extract<Operation, { kind: 'edit' }>;

/** What a client of the original catalog would ask. No role of this release does. */
@ClusterOnly('original')
@Controller('update')
export class UpdateController {
  constructor(
    private readonly engine: CatalogEngine,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  @ApiOperation({ summary: 'Set some of the fields of a book' })
  @IdempotencyKey('updates')
  @ApiOkResponse({ type: UpdateAnswer })
  @ApiBadRequestResponse({ description: 'The key is malformed, or the body is not JSON' })
  @ApiNotFoundResponse({ description: 'No book has this id' })
  @ApiConflictResponse({
    description: 'The book is no longer at the sequence number given; holds the newer book',
  })
  @ApiUnprocessableEntityResponse({
    description:
      'A field is wrong, or there is none; the id is no number; the key was used for another update',
  })
  @ApiServiceUnavailableResponse({ description: 'Nothing was changed; another replica may take it' })
  @ApiGatewayTimeoutResponse({ description: 'With `outcome: "unknown"` it may have happened' })
  @ApiParam({ name: 'id', type: String, example: '2' })
  @Put(':id')
  async update(
    @Param('id', BookIdPipe) bookId: BookId,
    @Body() request: UpdateRequest,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UpdateAnswer> {
    const operation: Edit = {
      kind: 'edit',
      operationId: `update:${keyOrOwn(headers)}`,
      changes: changesIn(request),
      expectedSequenceNumber: request.sequenceNumber ?? null,
    };
    const timeoutMs = answerWithin(this.config.requestTimeoutMs);
    const result = await this.engine.submit(bookId, operation, timeoutMs);
    if (result.kind === 'decided') tellRepeats(reply)(result);
    return answerTo(result);
  }
}

function changesIn({ title, topic, price, quantity }: UpdateRequest): BookChanges {
  const changes: BookChanges = {
    ...(title !== undefined && { title }),
    ...(topic !== undefined && { topic }),
    ...(price !== undefined && { priceCents: centsOf(price) }),
    ...(quantity !== undefined && { quantity }),
  };
  if (Object.keys(changes).length === 0) {
    throw new UnprocessableEntityException({
      message: 'At least one of price, quantity, title and topic is needed',
      fields: ['price', 'quantity', 'title', 'topic'],
    });
  }
  return changes;
}

function answerTo(result: SubmitResult): UpdateAnswer {
  switch (result.kind) {
    case 'decided':
      return decidedAnswer(result);
    case 'no such book':
      throw new NotFoundException({ message: 'Not found' });
    case 'operation id reused':
      throw new KeyRefused('key reused');
    case 'not started':
    case 'unknown':
      throw undecided(result);
    default:
      return result satisfies never;
  }
}

function decidedAnswer(result: Extract<SubmitResult, { kind: 'decided' }>): UpdateAnswer {
  const { outcome, bookId, book, sequenceNumber } = result;
  if (book === null) throw new Error(`Book ${bookId} was updated and is not there`);
  if (outcome.kind === 'precondition failed') {
    throw new ConflictException({
      message: 'Update could not be processed because the item is not up to date',
      book: bookAnswerOf(bookId, book, sequenceNumber),
    });
  }
  if (outcome.kind !== 'edited') throw new Error(`An edit of book ${bookId} came out as ${outcome.kind}`);
  return updateAnswer(book, sequenceNumber);
}

function updateAnswer({ title, quantity, topic, priceCents }: Book, sequenceNumber: number): UpdateAnswer {
  return { title, quantity, topic, price: priceOf(priceCents), sequenceNumber };
}
