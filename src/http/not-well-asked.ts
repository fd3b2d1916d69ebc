import { HttpException } from '@nestjs/common';

/** A request that is refused for its form alone, before anybody asked what it means. */
export class NotWellAsked extends HttpException {
  constructor(status: 400 | 404 | 413 | 414 | 415 | 422, message: string, fields?: readonly string[]) {
    super({ message, ...(fields !== undefined && { fields }) }, status);
  }
}
