import { Writable } from 'node:stream';
import { SystemClock } from '../../runtime/clock.js';
import { until } from '../../../test/support/until.js';
import { ChangeStreams } from './change-streams.js';
import { type ChangesReader, type FeedPage } from './changes.reader.js';

const ALL = 400;

/** A feed of so many changes, ten to a page. */
class Feed {
  pagesRead = 0;

  page(since: string | null): Promise<FeedPage> {
    this.pagesRead += 1;
    const from = Number(since ?? 0);
    const to = Math.min(ALL, from + 10);
    const changes = Array.from({ length: to - from }, (_, at) => ({
      bookId: 1,
      number: from + at + 1,
      events: [],
      cursor: String(from + at + 1),
      now: { quantity: 1, priceCents: 100, number: from + at + 1 },
    }));
    return Promise.resolve({ kind: 'page', changes, next: String(to), more: to < ALL });
  }
}

describe('ChangeStreams', () => {
  it('asks for no more than a slow reader takes, and then goes on where it was', async () => {
    const feed = new Feed();
    const stream = await new ChangeStreams(feed as unknown as ChangesReader, new SystemClock()).stream(null);
    let taken = '';
    let goOn: (() => void) | undefined;
    const slow = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        taken += chunk.toString();
        goOn = done;
      },
    });
    stream.pipe(slow);
    await until('it takes the first of it', () => goOn !== undefined);
    // Time enough to read them all, if it were not held up.
    for (let turn = 0; turn < 10 * ALL; turn += 1) await Promise.resolve();
    await new Promise(setImmediate);
    const heldUp = feed.pagesRead;
    expect(heldUp).toBeLessThan(ALL / 10);
    await until('it has taken all', () => {
      goOn?.();
      return taken.includes(`id: ${ALL}\n`);
    });
    const ids = [...taken.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    expect(ids).toEqual(Array.from({ length: ALL }, (_, at) => at + 1));
    expect(feed.pagesRead).toBeGreaterThanOrEqual(ALL / 10);
    stream.destroy();
  });
});
