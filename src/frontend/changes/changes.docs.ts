import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiUnprocessableEntityResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { ChangeAnswer, ChangesPage } from '../../contract/public-changes.js';
import { ErrorAnswer, FieldErrors } from '../../contract/public-errors.js';
import { MOST_STREAMS } from './change-streams.js';

export const FeedOfChanges = (): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary: 'What was sold, held, given back and changed, in order per book, each at least once',
      description:
        'Only what is committed for good. A change may be told again, when another catalog goes on: know it by `(bookId, number)`. ' +
        'With `Accept: text/event-stream` as server-sent events `change`, as they come, each with its cursor as the id.',
    }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'Of a stream: the id of the last event that was read; goes before `since`',
    }),
    ApiExtraModels(ChangesPage, ChangeAnswer),
    ApiOkResponse({
      description: 'The next page is named by `next`, and by a `Link: rel="next"` header',
      content: {
        'application/json': { schema: { $ref: getSchemaPath(ChangesPage) } },
        'text/event-stream': { schema: { $ref: getSchemaPath(ChangeAnswer) } },
      },
    }),
    ApiNotFoundResponse({
      type: ErrorAnswer,
      description: 'Only if the server was started without ADMIN_TOKEN',
    }),
    ApiUnprocessableEntityResponse({
      type: FieldErrors,
      description:
        'since, Last-Event-ID or limit are wrong: not a cursor, of another bookstore, or from ahead of all that happened',
    }),
    ApiServiceUnavailableResponse({
      type: ErrorAnswer,
      description: `${MOST_STREAMS} streams are open at this front-end`,
    }),
  );
