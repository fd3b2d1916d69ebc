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
  const own = mistakeIn(error.constraints ?? {}, field);
  return [...own, ...(error.children ?? []).flatMap((child) => mistakesOf(child, `${field}.`))];
}

/** One for each field. Decorators are asked from the last to the first, and the first says what kind of value it is: `abc` is no number, rather than too large a one. */
function mistakeIn(constraints: Readonly<Record<string, string>>, field: string): Mistake[] {
  const last = Object.entries(constraints).at(-1);
  if (last === undefined) return [];
  const [rule, message] = last;
  const shown = rule === 'whitelistValidation' ? `${field} is not a known field` : message;
  return [{ field, message: shown.slice(0, LONGEST_MESSAGE) }];
}
