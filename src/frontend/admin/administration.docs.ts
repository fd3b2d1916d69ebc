import { applyDecorators } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBearerAuth,
  ApiBody,
  ApiConflictResponse,
  ApiConsumes,
  ApiCreatedResponse,
  ApiExtraModels,
  ApiGatewayTimeoutResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiPayloadTooLargeResponse,
  ApiTags,
  ApiUnauthorizedResponse,
  ApiUnprocessableEntityResponse,
  ApiUnsupportedMediaTypeResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { BookAnswer, LowStockBook } from '../../contract/catalog.js';
import { SHOP_ERRORS } from '../../contract/errors.js';
import { ImportPreview, ImportReport } from '../../contract/public-import.js';
import { BookChangeAnswer } from '../../contract/public-history.js';
import { ErrorAnswer, FieldErrors, UnreachableAnswer } from '../../contract/public-errors.js';
import { HoldAnswer } from '../../contract/public-hold.js';
import { CancellationRefusal, OrderAnswer } from '../../contract/public-order.js';
import { IdempotencyKey } from '../../http/idempotency-key.js';
import { ADMIN_TOKEN_AUTH } from '../../http/swagger.js';
import { AdminName } from './admin-name.js';
import { CSV_TYPE, JSON_LINES_TYPES } from '../import/import-upload.js';

const CSV_EXAMPLE = `title,author,topic,price,quantity,isbn
The Art of Multiprocessor Programming,"Maurice Herlihy, Nir Shavit",Distributed Systems,71.95,12,9780124159501
`;

export const Administration = (): ClassDecorator =>
  applyDecorators(
    ApiTags('administration'),
    ApiBearerAuth(ADMIN_TOKEN_AUTH),
    ApiUnauthorizedResponse({ type: ErrorAnswer, description: 'ADMIN_TOKEN is missing or wrong' }),
    ApiGatewayTimeoutResponse({ type: UnreachableAnswer, description: 'No catalog could be reached' }),
  );

const Off = 'or the server was started without ADMIN_TOKEN';

const Repeatable = (): MethodDecorator =>
  applyDecorators(
    IdempotencyKey('changes the catalogue'),
    AdminName(),
    ApiBadRequestResponse({
      type: ErrorAnswer,
      description: `The body is not JSON, or \`{message: "${SHOP_ERRORS['key malformed'][1]}"}\`, or of X-Admin-Name`,
    }),
  );

const BookId = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'id', type: String, example: '2' }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `No book has this id, ${Off}` }),
  );

export const ListOrders = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'All orders, newest first' }),
    ApiOkResponse({
      type: [OrderAnswer],
      description: 'The next page is named by a `Link: rel="next"` header',
    }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `Only if ${Off.slice(3)}` }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: 'limit, cursor, bookId or reference are wrong',
    }),
  );

export const ListHolds = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'What is held, that which runs out first before all' }),
    ApiOkResponse({
      type: [HoldAnswer],
      description: 'The next page is named by a `Link: rel="next"` header',
    }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `Only if ${Off.slice(3)}` }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: 'limit, cursor, bookId or reference are wrong',
    }),
  );

export const CancelOrder = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Take copies of an order back into stock',
      description: 'They can be bought again at once; the order stays, and says how many were cancelled.',
    }),
    Repeatable(),
    ApiParam({ name: 'orderId', example: 'k3v9d0q8m2x7' }),
    ApiOkResponse({ type: OrderAnswer, description: 'The order as it is now' }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `There is no such order, ${Off}` }),
    ApiConflictResponse({
      type: CancellationRefusal,
      description: 'More copies than are left: none was cancelled',
    }),
    ApiUnprocessableEntityResponse({ type: FieldErrors, description: 'A field is wrong, or not known' }),
  );

export const ListLowStock = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Books with the copies left, the fewest first; may be a moment old' }),
    ApiOkResponse({
      type: [LowStockBook],
      description: 'The next page is named by a `Link: rel="next"` header',
    }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `Only if ${Off.slice(3)}` }),
    ApiUnprocessableEntityResponse({ type: FieldErrors, description: 'limit or cursor are wrong' }),
  );

export const CreateBook = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Add a book to the catalogue' }),
    Repeatable(),
    ApiCreatedResponse({ type: BookAnswer }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `Only if ${Off.slice(3)}` }),
    ApiConflictResponse({
      type: ErrorAnswer,
      description:
        '`{message, bookId, book}`: a book with this isbn, or this title and author, is there already',
    }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: 'A field is wrong, or not known; or the key was used for another wish',
    }),
  );

export const EditBook = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Change a book, hide it, or bring it back' }),
    BookId(),
    Repeatable(),
    ApiOkResponse({ type: BookAnswer }),
    ApiConflictResponse({
      type: ErrorAnswer,
      description:
        '`{message, book}`: the book is not at the sequenceNumber given, or was changed meanwhile; the newer book. `{message, bookId, book}`: ' +
        'another book has this isbn, or with this author its title; that book',
    }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: 'A field is wrong, not known, or none is given; or the key was used for another wish',
    }),
  );

export const ShowBook = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'One book, a hidden one too' }),
    BookId(),
    ApiOkResponse({ type: BookAnswer }),
  );

export const ListHidden = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Hidden books, in the order of their ids' }),
    ApiOkResponse({
      type: [BookAnswer],
      description: 'The next page is named by a `Link: rel="next"` header; a page may be short and have one',
    }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `Only if ${Off.slice(3)}` }),
    ApiUnprocessableEntityResponse({ type: FieldErrors, description: 'q, limit or cursor are wrong' }),
  );

export const ShowHistory = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Who changed what of a book, the newest first' }),
    BookId(),
    ApiOkResponse({
      type: [BookChangeAnswer],
      description: 'The next page is named by a `Link: rel="next"` header',
    }),
    ApiUnprocessableEntityResponse({ type: FieldErrors, description: 'limit or cursor are wrong' }),
  );

export const RestockBook = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Add copies to a book' }),
    BookId(),
    Repeatable(),
    ApiOkResponse({ type: BookAnswer }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: 'A field is wrong, or not known; or the key was used for another wish',
    }),
  );

export const ImportBooks = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Add the books of a file',
      description:
        'CSV whose first line names the columns, or one JSON object on each line: title, topic, price, quantity, and optional isbn and ' +
        'author, under the names that shops and lists of books have for them. Bad rows are reported and do not stop the others. ' +
        'The same file again changes nothing; where its prices or copies differ that is reported, or set with `update=true`.',
    }),
    AdminName(),
    ApiConsumes(CSV_TYPE, ...JSON_LINES_TYPES),
    ApiBody({ schema: { type: 'string', example: CSV_EXAMPLE } }),
    ApiExtraModels(ImportReport, ImportPreview),
    ApiOkResponse({
      schema: { oneOf: [{ $ref: getSchemaPath(ImportReport) }, { $ref: getSchemaPath(ImportPreview) }] },
    }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: `Only if ${Off.slice(3)}` }),
    ApiPayloadTooLargeResponse({ type: ErrorAnswer, description: 'More than 256 MB' }),
    ApiUnsupportedMediaTypeResponse({ type: ErrorAnswer, description: 'Neither CSV nor JSON lines' }),
    ApiUnprocessableEntityResponse({
      type: ErrorAnswer,
      description:
        'The file is not of its encoding, or its first line does not name the columns (`doubtful` says what to say); a parameter is wrong. ' +
        'With the counts of what was done before',
    }),
  );
