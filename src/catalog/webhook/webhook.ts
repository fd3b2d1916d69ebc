import { LONG_AGO, monotonic } from '../../core/clocks.js';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { type CatalogConfig } from '../../config/index.js';
import { type Delivered, deliveredCall } from '../../contract/changes.js';
import { type WebhookStatus } from '../../contract/operations.js';
import { changeAnswer } from '../../contract/public-changes.js';
import { type FeedCursor, readCursor, together, writeCursor } from '../../core/feed/feed-cursor.js';
import { GIVE_UP_MS, pauseMs } from '../../core/feed/redelivery.js';
import { type WallClockMs } from '../../core/replication/types.js';
import { Metrics } from '../../observability/metrics.js';
import { Rpc } from '../../rpc/rpc.js';
import { RpcHandlers } from '../../rpc/handlers.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ChangeFeed } from '../replica/change-feed.js';
import { attempt } from './delivery-attempt.js';
import { deliveryId, signedHeaders } from './signature.js';

/** In one delivery. */
const MOST_CHANGES = 50;
const LOOK_EVERY_MS = 200;
/** How often the others are told that this catalog delivers, and how far it is. */
const TELL_EVERY_MS = 1_000;
const TELL_WITHIN_MS = 500;
/** Nobody before this catalog in the list has delivered for so long: it does. So long it listens after a start, too. */
const TAKE_OVER_MS = 3_000;
/** So much longer than the one before it, which it has to hear of first when both have nobody before them. */
const LATER_THAN_THE_LAST_MS = 2 * TELL_EVERY_MS;

/** Where the receiver is told to be: all that may be seen of its address. */
interface Receiver {
  readonly url: string;
  readonly origin: string;
  readonly secrets: readonly string[];
}

/**
 * Delivers the feed of changes to WEBHOOK_URL: one catalog does, the first in the list of those that are well. It tells the others how far
 * the receiver has got, and each keeps that beside its own ledger, so that whoever goes on tells little again. One delivery at a time, so in order.
 */
@Injectable()
export class Webhook {
  private readonly log = new Logger('Webhook');
  private readonly receiver: Receiver | null;
  private readonly stopping = new AbortController();
  private readonly counter;
  private since: FeedCursor | null = null;
  private startedAt = monotonic(0);
  /** When one before this in the list last said that it delivers. */
  private heardAt = LONG_AGO;
  private gone = false;
  private failures = 0;
  private failingSince: WallClockMs | null = null;
  private lastError: string | null = null;
  private delivered = 0;
  private givenUp = 0;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly feed: ChangeFeed,
    private readonly rpc: Rpc,
    private readonly handlers: RpcHandlers,
    private readonly clock: SystemClock,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'addresses' | 'position' | 'webhook'>,
    metrics: Metrics,
  ) {
    const { webhook } = config;
    this.receiver = webhook && { ...webhook, origin: new URL(webhook.url).origin };
    this.counter = metrics.counter(
      'bazar_webhook_deliveries_total',
      'Attempts to deliver changes to WEBHOOK_URL, by what became of them',
      ['result'],
    );
    metrics.gauge(
      'bazar_webhook_undelivered_entries',
      'Entries that the receiver of WEBHOOK_URL has not taken',
      () => (this.isDelivering() ? this.feed.behind(this.since) : 0),
    );
    metrics.gauge(
      'bazar_webhook_failing_seconds',
      'For how long the oldest change has been tried in vain to be delivered to WEBHOOK_URL; 0: it is not',
      () => (this.failingSince === null ? 0 : (this.clock.wallClockMs() - this.failingSince) / 1_000),
    );
    metrics.countedElsewhere(
      'bazar_webhook_given_up_changes_total',
      'Changes that could not be delivered to WEBHOOK_URL for a day, and will not be',
      [],
      () => [[{}, this.givenUp]],
    );
  }

  start(): void {
    const { receiver } = this;
    if (receiver === null) return;
    this.startedAt = this.clock.monotonicMs();
    this.handlers.handle(deliveredCall, (delivered) => this.heard(delivered));
    this.ended = Promise.all([this.run(receiver), this.keepTelling()]).then(() =>
      this.isDelivering() ? this.tellOthers() : undefined,
    );
  }

  /** When nothing of it is under way any more. */
  stop(): Promise<void> {
    this.stopping.abort();
    return this.ended;
  }

  /** Undefined: WEBHOOK_URL is not set. */
  status(): WebhookStatus | undefined {
    if (this.receiver === null) return undefined;
    const { failingSince, lastError, delivered, givenUp } = this;
    return {
      state: this.gone ? 'stopped' : this.isDelivering() ? 'delivers' : 'stands by',
      to: this.receiver.origin,
      undelivered: this.feed.behind(this.since),
      failingSince,
      lastError,
      delivered,
      givenUp,
    };
  }

  private isDelivering(): boolean {
    const since = Math.max(this.startedAt, this.heardAt);
    const waitsMs = TAKE_OVER_MS + this.config.position * LATER_THAN_THE_LAST_MS;
    return this.receiver !== null && this.clock.monotonicMs() - since >= waitsMs && this.feed.isThere();
  }

  private async run(receiver: Receiver): Promise<void> {
    let introduced = false;
    while (!this.stopping.signal.aborted) {
      if (!this.isDelivering()) {
        introduced = false;
        this.forgetFailures();
        await this.pause(LOOK_EVERY_MS);
      } else if (!introduced) {
        // Whoever delivered before says how far the receiver has got.
        this.learn(this.feed.delivered());
        await this.tellOthers();
        introduced = true;
      } else if (this.gone) await this.pause(LOOK_EVERY_MS);
      else await this.deliverNext(receiver);
    }
  }

  /** Apart from the deliveries, which may take long: whoever is not told goes on in this catalog's place. */
  private async keepTelling(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.pause(TELL_EVERY_MS);
      if (this.isDelivering()) await this.tellOthers();
    }
  }

  private async deliverNext(receiver: Receiver): Promise<void> {
    const since = this.since === null ? null : writeCursor(this.since);
    const page = this.feed.page({ since, limit: MOST_CHANGES, anyway: true });
    if (page.kind !== 'page') return this.pause(LOOK_EVERY_MS);
    const { changes, next } = page;
    if (changes.length === 0) {
      this.takenUpTo(next);
      return page.more ? undefined : this.pause(LOOK_EVERY_MS);
    }
    const body = JSON.stringify({ changes: changes.map(changeAnswer) });
    const id = deliveryId(changes);
    while (!this.stopping.signal.aborted && this.isDelivering()) {
      const seconds = Math.floor(this.clock.wallClockMs() / 1_000);
      const headers = signedHeaders(receiver.secrets, id, seconds, body);
      const attempted = await attempt(receiver.url, headers, body, this.stopping.signal);
      if (this.stopping.signal.aborted && attempted.kind !== 'taken') return;
      this.counter.inc({ result: attempted.kind });
      switch (attempted.kind) {
        case 'taken':
          this.delivered += changes.length;
          this.forgetFailures();
          return this.takenUpTo(next);
        case 'gone':
          this.gone = true;
          this.lastError = 'it answered 410: nothing more is delivered until this catalog is started again';
          this.log.error(`${receiver.origin} wants no more: ${this.lastError}`);
          return;
        case 'failed':
          this.failed(receiver, attempted.reason);
          if (this.clock.wallClockMs() - (this.failingSince ?? 0) >= GIVE_UP_MS) {
            this.givenUp += changes.length;
            this.log.error(
              `Given up after a day, and not told to ${receiver.origin}: ${changes.length} changes (${id})`,
            );
            this.forgetFailures();
            return this.takenUpTo(next);
          }
          await this.pauseAsLongAs(pauseMs(this.failures, Math.random(), attempted.askedMs));
          break;
        default:
          attempted satisfies never;
      }
    }
  }

  private failed(receiver: Receiver, reason: string): void {
    this.failures += 1;
    this.failingSince ??= this.clock.wallClockMs();
    this.lastError = reason;
    if (this.failures === 1)
      this.log.warn(`${receiver.origin} did not take what happened: ${reason}; it is tried again`);
  }

  private forgetFailures(): void {
    if (this.failures > 0 && this.isDelivering()) this.log.log('The receiver takes what happened again');
    this.failures = 0;
    this.failingSince = null;
  }

  private takenUpTo(next: string): void {
    const cursor = readCursor(next);
    if (cursor === null) return;
    this.since = this.since === null ? cursor : together(cursor, this.since);
    this.feed.keepDelivered(this.since);
  }

  private async tellOthers(): Promise<void> {
    const { addresses, position } = this.config;
    const told: Delivered = { position, since: this.since === null ? null : writeCursor(this.since) };
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
    const known = this.since ?? this.feed.delivered();
    return { since: known === null ? null : writeCursor(known) };
  }

  private learnText(text: string | null): void {
    this.learn(text === null ? null : readCursor(text));
  }

  private learn(cursor: FeedCursor | null): void {
    if (cursor === null || !this.feed.isThere()) return;
    const known = this.since ?? this.feed.delivered();
    this.since = known === null ? cursor : together(known, cursor);
    this.feed.keepDelivered(this.since);
  }

  private async pauseAsLongAs(forMs: number): Promise<void> {
    const until = this.clock.monotonicMs() + forMs;
    while (this.isDelivering() && !this.stopping.signal.aborted) {
      const left = until - this.clock.monotonicMs();
      if (left <= 0) return;
      await this.pause(Math.min(left, TELL_EVERY_MS));
    }
  }

  private async pause(forMs: number): Promise<void> {
    await wait(forMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
