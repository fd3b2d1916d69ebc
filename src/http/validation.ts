import { UnprocessableEntityException, type ValidationError, ValidationPipe } from '@nestjs/common';

/** Bodies and queries against their DTO classes: 422 `{message, fields}` for a field that is wrong or unknown. */
export function createValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    exceptionFactory: (errors: ValidationError[]) => {
      const mistakes = errors.flatMap((error) => mistakesOf(error, ''));
      return new UnprocessableEntityException({
        message: mistakes.map(({ message }) => message).join('; ') || 'The body is not as expected',
        fields: mistakes.map(({ field }) => field),
      });
    },
  });
}

interface Mistake {
  readonly field: string;
  readonly message: string;
}

function mistakesOf(error: ValidationError, parent: string): Mistake[] {
  const field = `${parent}${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? `${field} is not a known field` : message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => mistakesOf(child, `${field}.`))];
}
