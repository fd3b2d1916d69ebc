import { Inject, Injectable, Logger } from '@nestjs/common';
import { type BookNow, type ChangesAnswer, type ChangesRequest } from '../../contract/changes.js';
import { Feed, type FeedAnswer, type FeedPage, type Teller } from '../../core/feed/feed.js';
import { type FeedCursor, readCursor, tagOf, writeCursor } from '../../core/feed/feed-cursor.js';
import { type BookId } from '../../core/replication/types.js';
import { type CatalogConfig } from '../../config/index.js';
import { CONFIG } from '../../runtime/config.token.js';
import { asError } from './incarnation.js';
import { ReplicaHost } from './replica.host.js';
import { StoreFailures } from './store-failures.js';
import { isDamage } from '../store/damage.js';
import { SqliteStore } from '../store/sqlite-store.js';

/** Beside the cursors that name peers: no replica is called so. */
const DELIVERED = 'webhook';
const UNAVAILABLE = { kind: 'unavailable' } as const;

/** What this catalog tells of the changes that were committed: read from its ledgers when somebody asks, and at no other time. */
@Injectable()
export class ChangeFeed {
  private readonly log = new Logger('Changes');
  private readonly feed: Feed;
  /** The last commit that was told as long as no other side could take it back (`reachable`). */
  private settled = 0;

  constructor(
    private readonly host: ReplicaHost,
    private readonly store: SqliteStore,
    private readonly failures: StoreFailures,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'position'>,
  ) {
    this.feed = new Feed(store);
  }

  /** Never throws. */
  page({ since, limit, anyway }: ChangesRequest): ChangesAnswer {
    const from = since === null || since === 'now' ? since : readCursor(since);
    if (from === null && since !== null) return { kind: 'cursor unknown' };
    const answer = this.read(from, limit, anyway);
    switch (answer.kind) {
      case 'page':
        return this.told(answer.page);
      case 'empty':
        return UNAVAILABLE;
      case 'cursor unknown':
      case 'elsewhere':
      case 'unavailable':
        return answer;
      default:
        return answer satisfies never;
    }
  }

  /** How many entries lie behind a cursor, those with nothing to tell included; 0 while this replica does not run. */
  behind(cursor: FeedCursor | null): number {
    const teller = this.teller();
    return teller === null ? 0 : this.feed.behind(cursor, teller);
  }

  /** Whether it can be read now. */
  isThere(): boolean {
    return this.host.ready();
  }

  /** Up to where the receiver of the webhook has taken all, as far as this catalog's disk says; null: nothing, or it does not run. */
  delivered(): FeedCursor | null {
    const teller = this.teller();
    if (teller === null) return null;
    const change = this.store.cursor(DELIVERED);
    return change === 0 ? null : this.feed.cursorAt(change, teller);
  }

  /** Only this replica's own number is kept: another one keeps its own. It rides on the next write of a ledger, or is safe within a second. */
  keepDelivered(cursor: FeedCursor): void {
    const teller = this.teller();
    const change = teller === null ? undefined : cursor.told.get(tagOf(teller.replicaId));
    if (change === undefined || change <= this.store.cursor(DELIVERED)) return;
    try {
      this.store.saveCursor(DELIVERED, change);
    } catch (error) {
      this.failures.report(asError(error));
    }
  }

  private read(
    since: FeedCursor | null | 'now',
    limit: number,
    anyway: boolean,
  ): FeedAnswer | typeof UNAVAILABLE {
    try {
      const teller = this.host.ready() ? this.teller() : null;
      return teller === null ? UNAVAILABLE : this.feed.page(since, limit, anyway, teller);
    } catch (error) {
      // Whoever needs the store next hears of other failures.
      if (isDamage(error)) this.failures.report(asError(error));
      this.log.warn(`The feed of changes could not be read: ${asError(error).message}`);
      return UNAVAILABLE;
    }
  }

  private teller(): Teller | null {
    const status = this.host.status();
    if (status === null) return null;
    const { replicaId, startNumber, durableChange, peers } = status;
    // What a side that goes on alone commits may be taken back when the other is there again, and told under other numbers.
    if (this.store.identity()?.alone !== true) this.settled = durableChange;
    const peerIds = peers.flatMap((peer) => peer.replicaId ?? []);
    const upTo = Math.min(this.settled, durableChange);
    return { replicaId, startNumber, position: this.config.position, peerIds, upTo };
  }

  private told({ items, next, more }: FeedPage): ChangesAnswer {
    const seen = new Map<BookId, BookNow>();
    const now = (bookId: BookId): BookNow => {
      const known = seen.get(bookId) ?? this.bookNow(bookId);
      seen.set(bookId, known);
      return known;
    };
    const changes = items.map(({ change, cursor }) => ({
      ...change,
      cursor: writeCursor(cursor),
      now: now(change.bookId),
    }));
    return { kind: 'page', changes, next: writeCursor(next), more };
  }

  private bookNow(bookId: BookId): BookNow {
    const record = this.store.record(bookId);
    const { quantity = 0, priceCents = 0 } = record?.book ?? {};
    return { quantity, priceCents, number: Math.max(0, record?.committed ?? 0) };
  }
}
