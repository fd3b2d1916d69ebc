import { applyDecorators } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiGatewayTimeoutResponse,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { BookSummary, NEAR_HEADER } from '../../contract/book-search.js';
import { BookAnswer, FoundBook, TopicCount } from '../../contract/catalog.js';
import { SHOP_ERRORS, type ShopErrorCode } from '../../contract/errors.js';
import { ErrorAnswer, FieldErrors, UnreachableAnswer } from '../../contract/public-errors.js';
import { BuyAnswer, OrderAnswer, OrderRefusal } from '../../contract/public-order.js';
import { IdempotencyKey } from '../../http/idempotency-key.js';

const words = (code: ShopErrorCode): string => `\`{message: "${SHOP_ERRORS[code][1]}"}\``;

export const Shop = (): ClassDecorator => applyDecorators(ApiTags('shop'));

const BookId = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'id', type: String, example: '2', description: 'Decimal digits; `02` is 2' }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: words('no such book') }),
  );

const Conditional = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The `ETag` of the answer that you have',
    }),
    ApiResponse({ status: 304, description: 'The answer that you have still holds' }),
  );

const Unreachable = (code: ShopErrorCode): MethodDecorator =>
  applyDecorators(ApiGatewayTimeoutResponse({ type: UnreachableAnswer, description: words(code) }));

export const LookUp = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Look a book up' }),
    BookId(),
    Conditional(),
    ApiOkResponse({ type: BookAnswer, description: 'With an `ETag`' }),
    ApiUnprocessableEntityResponse({ type: ErrorAnswer, description: words('not a book id') }),
    Unreachable('search unreachable'),
  );

export const Search = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Search by topic',
      description:
        'Books whose topic contains the text, case ignored, in id order. `%` and `_` are plain characters.',
    }),
    ApiParam({ name: 'topic', example: 'distributed', description: 'At most 200 characters' }),
    Conditional(),
    ApiOkResponse({
      type: [FoundBook],
      description: 'The next page, if any, is named by a `Link: rel="next"` header',
    }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: 'The text is too long, or limit or cursor are wrong',
    }),
    Unreachable('search unreachable'),
  );

export const FindBooks = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Find books',
      description:
        'By words of title, author, topic, or an ISBN, the best first. Case, accents and width are ignored. Misspelt words find similar ones, below ' +
        `exact ones; if there are no exact ones the answer bears \`${NEAR_HEADER}: 1\`. Without words: all books, or all of a topic.`,
    }),
    Conditional(),
    ApiOkResponse({
      type: [BookSummary],
      description:
        'As fresh as a look-up. The next page, if any, is named by a `Link: rel="next"` header; a page may be short, or empty, and have a next one',
    }),
    ApiUnprocessableEntityResponse({ type: FieldErrors, description: 'A parameter is wrong' }),
    Unreachable('search unreachable'),
  );

export const Topics = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Topics, with how many books each has, the fullest first' }),
    ApiOkResponse({ type: [TopicCount] }),
    ApiUnprocessableEntityResponse({ type: FieldErrors, description: 'limit is wrong' }),
    Unreachable('search unreachable'),
  );

export const Buy = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'Buy a book',
      description: 'As the original. New clients use `POST /orders`, for a proxy may rightly repeat a PUT.',
    }),
    BookId(),
    IdempotencyKey('buys'),
    ApiOkResponse({
      type: BuyAnswer,
      description: `Bought; or \`success: false\`: ${SHOP_ERRORS['out of stock'][1]}`,
    }),
    ApiBadRequestResponse({ type: ErrorAnswer, description: words('key malformed') }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: `${words('not a book id')}; the quantity is wrong; or ${words('key reused')}`,
    }),
    Unreachable('buy unreachable'),
  );

export const PlaceOrder = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary: 'Order copies of a book' }),
    IdempotencyKey('buys', true),
    ApiCreatedResponse({ type: OrderAnswer }),
    ApiBadRequestResponse({
      type: ErrorAnswer,
      description: `The body is not JSON, ${words('key missing')}, or ${words('key malformed')}`,
    }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: words('no such book') }),
    ApiConflictResponse({ type: OrderRefusal, description: 'Nothing was bought; the book as it is now' }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: `A field is wrong, or not known; or ${words('key reused')}`,
    }),
    Unreachable('buy unreachable'),
  );

export const FindOrder = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'One order',
      description: 'Whoever has the id may see it: it cannot be guessed.',
    }),
    ApiParam({ name: 'orderId', example: 'k3v9d0q8m2x7' }),
    ApiOkResponse({ type: OrderAnswer }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: words('no such order') }),
    Unreachable('catalog unreachable'),
  );
