import { Injectable } from '@nestjs/common';

/** Brings a write that failed with no one waiting from the store, which is made first, to the host, which is made from it. */
@Injectable()
export class StoreFailures {
  private listener: ((error: Error) => void) | undefined;

  listen(listener: (error: Error) => void): void {
    this.listener = listener;
  }

  report(error: Error): void {
    this.listener?.(error);
  }
}
