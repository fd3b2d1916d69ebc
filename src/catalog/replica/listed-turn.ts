import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { type CatalogConfig } from '../../config/index.js';
import { type Delivered, deliveredCall } from '../../contract/changes.js';
import { LONG_AGO, monotonic } from '../../core/clocks.js';
import { type FeedCursor, readCursor, together, writeCursor } from '../../core/feed/feed-cursor.js';
import { Rpc } from '../../rpc/rpc.js';
import { RpcHandlers } from '../../rpc/handlers.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { DeliveryTurn } from '../webhook/delivery-turn.js';
import { ChangeFeed } from './change-feed.js';

/** How often the others are told that this catalog delivers, and how far it is. */
const TELL_EVERY_MS = 1_000;
const TELL_WITHIN_MS = 500;
/** Nobody before this catalog in the list has delivered for so long: it does. So long it listens after a start, too. */
const TAKE_OVER_MS = 3_000;
/** So much longer than the one before it, which it has to hear of first when both have nobody before them. */
const LATER_THAN_THE_LAST_MS = 2 * TELL_EVERY_MS;

/**
 * Of catalogs that share nothing: the first in the list of those that are well delivers. It tells the others how far the receiver has got, and each
 * keeps that beside its own ledger, so that whoever goes on tells little again.
 */
@Injectable()
export class ListedTurn extends DeliveryTurn {
  private readonly stopping = new AbortController();
  private cursor: FeedCursor | null = null;
  private startedAt = monotonic(0);
  /** When one before this in the list last said that it delivers. */
  private heardAt = LONG_AGO;
  private telling: Promise<void> = Promise.resolve();

  constructor(
    private readonly feed: ChangeFeed,
    private readonly rpc: Rpc,
    private readonly handlers: RpcHandlers,
    private readonly clock: SystemClock,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'addresses' | 'position'>,
  ) {
    super();
  }

  start(): void {
    this.startedAt = this.clock.monotonicMs();
    this.handlers.handle(deliveredCall, (delivered) => this.heard(delivered));
    this.telling = this.keepTelling();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.telling;
    if (this.isOurs()) await this.tellOthers();
  }

  isOurs(): boolean {
    const since = Math.max(this.startedAt, this.heardAt);
    const waitsMs = TAKE_OVER_MS + this.config.position * LATER_THAN_THE_LAST_MS;
    return this.clock.monotonicMs() - since >= waitsMs && this.feed.isThere();
  }

  async take(): Promise<boolean> {
    this.learn(this.feed.delivered());
    await this.tellOthers();
    return true;
  }

  since(): string | null {
    return this.cursor === null ? null : writeCursor(this.cursor);
  }

  takenUpTo(next: string): Promise<void> {
    const cursor = readCursor(next);
    if (cursor !== null) {
      this.cursor = this.cursor === null ? cursor : together(cursor, this.cursor);
      this.feed.keepDelivered(this.cursor);
    }
    return Promise.resolve();
  }

  undelivered(): number {
    return this.feed.behind(this.cursor);
  }

  /** Apart from the deliveries, which may take long: whoever is not told goes on in this catalog's place. */
  private async keepTelling(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await wait(TELL_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (this.isOurs()) await this.tellOthers();
    }
  }

  private async tellOthers(): Promise<void> {
    const { addresses, position } = this.config;
    const told: Delivered = { position, since: this.since() };
    const answers = await Promise.all(
      addresses
        .filter((_, at) => at !== position)
        .map((address) =>
          this.rpc.to(address, 'peers').call(deliveredCall, told, { timeoutMs: TELL_WITHIN_MS }),
        ),
    );
    for (const result of answers) if (result.kind === 'answered') this.learnText(result.answer.since);
  }

  private heard({ position, since }: Delivered): Pick<Delivered, 'since'> {
    if (position < this.config.position) this.heardAt = this.clock.monotonicMs();
    this.learnText(since);
    const known = this.cursor ?? this.feed.delivered();
    return { since: known === null ? null : writeCursor(known) };
  }

  private learnText(text: string | null): void {
    this.learn(text === null ? null : readCursor(text));
  }

  private learn(cursor: FeedCursor | null): void {
    if (cursor === null || !this.feed.isThere()) return;
    const known = this.cursor ?? this.feed.delivered();
    this.cursor = known === null ? cursor : together(known, cursor);
    this.feed.keepDelivered(this.cursor);
  }
}
