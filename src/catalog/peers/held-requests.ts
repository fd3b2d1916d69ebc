import { type Clock } from '../../core/replication/ports.js';

/** Longer than a disk's sync, shorter than anyone waits for: what is not known by then goes in a request of its own. */
const HOLD_MS = 20;
/** A link has fewer under way at once. */
const MAX_HELD = 16;

interface Held {
  /** Messages of it that have had no answer yet. */
  awaited: number;
  /** Ends the request: `null` is an empty answer. */
  readonly release: (body: string | null) => void;
}

/** Requests of one peer that are kept open for a moment, so that the answers to its messages leave in the answer to its request. */
export class HeldRequests {
  private readonly held: Held[] = [];

  constructor(private readonly after: Clock['after']) {}

  /** Resolves with the body to answer with, or null, within `HOLD_MS`. `awaited`: how many of its messages want an answer. */
  hold(awaited: number): Promise<string | null> {
    if (awaited === 0 || this.held.length >= MAX_HELD) return Promise.resolve(null);
    return new Promise((resolve) => {
      const held: Held = {
        awaited,
        release: (body) => {
          cancel();
          this.held.splice(this.held.indexOf(held), 1);
          resolve(body);
        },
      };
      const cancel = this.after(HOLD_MS, () => held.release(null));
      this.held.push(held);
    });
  }

  /** An answer is about to leave, whichever way. Which message it is to is not looked at: a mistake costs one request more. */
  countAnswer(): void {
    const waiting = this.held.find(({ awaited }) => awaited > 0);
    if (waiting !== undefined) waiting.awaited -= 1;
  }

  oldest(): Held | undefined {
    return this.held[0];
  }

  releaseSettled(): void {
    for (const held of this.held.filter(({ awaited }) => awaited === 0)) held.release(null);
  }

  releaseAll(): void {
    for (const held of [...this.held]) held.release(null);
  }
}
