import { type BeforeApplicationShutdown, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { changeAnswer } from '../../contract/public-changes.js';
import { SystemClock } from '../../runtime/clock.js';
import { ChangesReader, type FeedPage } from './changes.reader.js';

/** Of one front-end. */
export const MOST_STREAMS = 16;
/** So much of a stream is in memory before its reader takes it; the catalogs are asked for no more until then. */
const MOST_UNREAD = 100;
/** While there is nothing new. */
const LOOK_EVERY_MS = 250;
const AFTER_FAILURE_MS = 1_000;
/** A proxy between may close a connection on which nothing is said for a minute. */
const HEARTBEAT_MS = 15_000;

/** Readers who are told of changes as they come. A reader who takes nothing for 30 s is dropped (`Connections`) and goes on from its last id. */
@Injectable()
export class ChangeStreams implements BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private open = 0;

  constructor(
    private readonly reader: ChangesReader,
    private readonly clock: SystemClock,
  ) {}

  /** Throws what the first page does, before anything is answered. */
  async stream(since: string | null): Promise<Readable> {
    if (this.open >= MOST_STREAMS || this.stopping.signal.aborted) {
      throw new ServiceUnavailableException({
        message: 'Too many are reading the stream of changes already',
      });
    }
    this.open += 1;
    const left = (): void => void (this.open -= 1);
    try {
      const first = await this.reader.page(since, MOST_UNREAD);
      return Readable.from(this.untilLeft(first)).once('close', left);
    } catch (error) {
      left();
      throw error;
    }
  }

  /** Streams never end by themselves: the server would wait for them. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** A generator alone would hear that its reader has left with the next thing that it has to say. */
  private untilLeft(first: FeedPage): AsyncIterable<string> {
    const left = new AbortController();
    const events = this.events(first, AbortSignal.any([left.signal, this.stopping.signal]));
    const iterator: AsyncIterator<string> = {
      next: () => events.next(),
      return: () => {
        left.abort();
        return events.return(undefined);
      },
    };
    return { [Symbol.asyncIterator]: () => iterator };
  }

  private async *events(first: FeedPage, signal: AbortSignal): AsyncGenerator<string> {
    let page: FeedPage | null = first;
    let since = first.next;
    let saidAt = this.clock.monotonicMs();
    yield `retry: ${AFTER_FAILURE_MS}\n\n`;
    while (!signal.aborted) {
      if (page !== null && page.changes.length > 0) {
        since = page.next;
        yield page.changes.map(eventOf).join('');
        saidAt = this.clock.monotonicMs();
      } else if (this.clock.monotonicMs() - saidAt >= HEARTBEAT_MS) {
        yield ': still here\n\n';
        saidAt = this.clock.monotonicMs();
      }
      if (page !== null) since = page.next;
      if (page?.more !== true) await pause(page === null ? AFTER_FAILURE_MS : LOOK_EVERY_MS, signal);
      // While no catalog can be reached the reader need not come again: it would find the same.
      page = signal.aborted ? null : await this.reader.page(since, MOST_UNREAD).catch(() => null);
    }
  }
}

async function pause(forMs: number, signal: AbortSignal): Promise<void> {
  await wait(forMs, undefined, { signal }).catch(() => undefined);
}

function eventOf(change: FeedPage['changes'][number]): string {
  return `event: change\nid: ${change.cursor}\ndata: ${JSON.stringify(changeAnswer(change))}\n\n`;
}
