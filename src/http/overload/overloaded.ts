import { ServiceUnavailableException } from '@nestjs/common';

export const RETRY_AFTER_SECONDS = 1;
export const TOO_BUSY = 'Too many requests at once; nothing was done for this one. Try again in a moment';

/** 503 with `Retry-After`, definite: whoever asked may ask elsewhere at once, or here a moment later. */
export class Overloaded extends ServiceUnavailableException {
  readonly retryAfterSeconds = RETRY_AFTER_SECONDS;

  constructor(message: string = TOO_BUSY, added: Readonly<Record<string, unknown>> = {}) {
    super({ message, ...added });
  }
}
