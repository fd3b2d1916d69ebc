import { applyDecorators } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiGatewayTimeoutResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { SHOP_ERRORS, type ShopErrorCode } from '../../contract/errors.js';
import { ErrorAnswer, FieldErrors, UnreachableAnswer } from '../../contract/public-errors.js';
import { HoldAnswer, HoldRefusal } from '../../contract/public-hold.js';
import { OrderAnswer, OrderRefusal } from '../../contract/public-order.js';
import { IdempotencyKey } from '../../http/idempotency-key.js';

const words = (code: ShopErrorCode): string => `\`{message: "${SHOP_ERRORS[code][1]}"}\``;

export const Holds = (): ClassDecorator => applyDecorators(ApiTags('hold, pay, confirm'));

const HoldId = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'holdId', example: 'h2-0mb8f2k1q0000x7q8m2' }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: words('no such hold') }),
    ApiGatewayTimeoutResponse({ type: UnreachableAnswer, description: words('catalog unreachable') }),
  );

export const Hold = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: '1. Hold copies while the buyer pays',
      description:
        'All items or none. Nobody else is sold them, and their prices are frozen, until `until`. Then take the payment, and confirm or release ' +
        'the hold from its webhook, as often as that comes.',
    }),
    IdempotencyKey('holds', true),
    ApiCreatedResponse({ type: HoldAnswer }),
    ApiBadRequestResponse({
      type: ErrorAnswer,
      description: `The body is not JSON, ${words('key missing')}, or ${words('key malformed')}`,
    }),
    ApiNotFoundResponse({ type: ErrorAnswer, description: words('no such book') }),
    ApiConflictResponse({ type: OrderRefusal, description: 'Nothing is held' }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description: `A field is wrong, or not known; or ${words('key reused')}`,
    }),
    ApiGatewayTimeoutResponse({ type: UnreachableAnswer, description: words('buy unreachable') }),
  );

export const FindHold = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'One hold',
      description: 'Whoever has the id may see it: it cannot be guessed.',
    }),
    HoldId(),
    ApiOkResponse({ type: HoldAnswer }),
  );

export const Confirm = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: '2. It is paid: sell what is held',
      description:
        'At the prices of the hold. It needs no key: a hold is sold once, and says the same each time. Before `until` it is never refused.',
    }),
    HoldId(),
    ApiOkResponse({ type: OrderAnswer }),
    ApiConflictResponse({
      type: HoldRefusal,
      description: 'It has expired, or was released: nothing was sold',
    }),
  );

export const Release = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: '2. It will not be paid: give the copies back',
      description: 'They are on sale again. It needs no key, and says the same each time.',
    }),
    HoldId(),
    ApiOkResponse({ type: HoldAnswer, description: '`released`; or `expired`, if it had run out' }),
    ApiConflictResponse({ type: HoldRefusal, description: words('sold already') }),
  );
