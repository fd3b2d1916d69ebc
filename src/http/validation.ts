import { UnprocessableEntityException, type ValidationError, ValidationPipe } from '@nestjs/common';

/** An answer about mistakes names at most so many, and of a name and a message at most so many characters. */
const MOST_NAMED = 10;
const LONGEST_NAME = 64;
const LONGEST_MESSAGE = 200;

/** Bodies and queries against their DTO classes: 422 `{message, fields}` for a field that is wrong or unknown. */
export function createValidationPipe(): ValidationPipe {
  return new AsWritten({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors: ValidationError[]) => {
      const all = errors.flatMap((error) => mistakesOf(error, ''));
      const mistakes = all.slice(0, MOST_NAMED);
      const more = all.length > mistakes.length ? `; and ${all.length - mistakes.length} more` : '';
      return new UnprocessableEntityException({
        message: mistakes.map(({ message }) => message).join('; ') + more || 'The body is not as expected',
        fields: mistakes.map(({ field }) => field),
      });
    },
  });
}

/** Nest would make a number of a part of a path as JavaScript does, before the pipe that reads ids sees it: of `0x1`, `1e0`, ` 1`. */
class AsWritten extends ValidationPipe {
  protected override transformPrimitive(value: unknown): unknown {
    return value;
  }
}

interface Mistake {
  readonly field: string;
  readonly message: string;
}

function mistakesOf(error: ValidationError, parent: string): Mistake[] {
  const field = `${parent}${error.property}`.slice(0, LONGEST_NAME);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message: (rule === 'whitelistValidation' ? `${field} is not a known field` : message).slice(
      0,
      LONGEST_MESSAGE,
    ),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => mistakesOf(child, `${field}.`))];
}
