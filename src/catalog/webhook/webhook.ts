import { Inject, Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { type CatalogConfig } from '../../config/index.js';
import { type ToldChange } from '../../contract/changes.js';
import { type WebhookStatus } from '../../contract/ops.js';
import { changeAnswer } from '../../contract/public-changes.js';
import { GIVE_UP_MS, pauseMs } from '../../core/feed/redelivery.js';
import { type WallClockMs } from '../../core/replication/types.js';
import { Metrics } from '../../observability/metrics.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { CatalogEngine } from '../engine.js';
import { attempt } from './delivery-attempt.js';
import { DeliveryTurn } from './delivery-turn.js';
import { deliveryId, signedHeaders } from './signature.js';

/** In one delivery. */
const MOST_CHANGES = 50;
const LOOK_EVERY_MS = 200;
/** Longest pause without a look at whether it is still this catalog's turn. */
const LONGEST_PAUSE_MS = 1_000;

/** Where the receiver is told to be: all that may be seen of its address. */
interface Receiver {
  readonly url: string;
  readonly origin: string;
  readonly secrets: readonly string[];
}

/**
 * Delivers the feed of changes to WEBHOOK_URL while it is this catalog's turn. One delivery at a time, so in order, and nothing piles up here: the
 * ledger is the queue (docs/adr/0044).
 */
@Injectable()
export class Webhook {
  private readonly log = new Logger('Webhook');
  private readonly receiver: Receiver | null;
  private readonly stopping = new AbortController();
  private readonly counter;
  private gone = false;
  private failures = 0;
  private failingSince: WallClockMs | null = null;
  private lastError: string | null = null;
  private delivered = 0;
  private givenUp = 0;
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly engine: CatalogEngine,
    private readonly turn: DeliveryTurn,
    private readonly clock: SystemClock,
    @Inject(CONFIG) { webhook }: Pick<CatalogConfig, 'webhook'>,
    metrics: Metrics,
  ) {
    this.receiver = webhook && { ...webhook, origin: new URL(webhook.url).origin };
    this.counter = metrics.counter(
      'bazar_webhook_deliveries_total',
      'Attempts to deliver changes to WEBHOOK_URL, by what became of them',
      ['result'],
    );
    metrics.gauge(
      'bazar_webhook_undelivered_entries',
      'Entries that the receiver of WEBHOOK_URL has not taken',
      () => (this.isDelivering() ? this.turn.undelivered() : 0),
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
    this.turn.start();
    this.ended = this.run(receiver).then(() => this.turn.stop());
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
      undelivered: this.turn.undelivered(),
      failingSince,
      lastError,
      delivered,
      givenUp,
    };
  }

  private isDelivering(): boolean {
    return this.receiver !== null && this.turn.isOurs();
  }

  private async run(receiver: Receiver): Promise<void> {
    let begun = false;
    while (!this.stopping.signal.aborted) {
      if (!this.isDelivering()) {
        begun = false;
        this.forgetFailures();
        await this.pause(LOOK_EVERY_MS);
      } else if (!begun) {
        begun = await this.turn.take();
        if (!begun) await this.pause(LOOK_EVERY_MS);
      } else if (this.gone) await this.pause(LOOK_EVERY_MS);
      else begun = await this.deliverNext(receiver);
    }
  }

  /** False: the turn has to be taken anew. */
  private async deliverNext(receiver: Receiver): Promise<boolean> {
    const page = await this.engine.changes({
      since: this.turn.since(),
      limit: MOST_CHANGES,
      anyway: true,
    });
    if (page.kind !== 'page') {
      await this.pause(LOOK_EVERY_MS);
      return page.kind !== 'cursor unknown';
    }
    const { changes, next, more } = page;
    if (changes.length > 0) await this.deliver(receiver, changes, next);
    else await this.turn.takenUpTo(next);
    if (changes.length === 0 && !more) await this.pause(LOOK_EVERY_MS);
    return true;
  }

  /** Until it is taken, given up, or not to be told by this catalog any more. */
  private async deliver(receiver: Receiver, changes: readonly ToldChange[], next: string): Promise<void> {
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
          return this.turn.takenUpTo(next);
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
            return this.turn.takenUpTo(next);
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

  private async pauseAsLongAs(forMs: number): Promise<void> {
    const until = this.clock.monotonicMs() + forMs;
    while (this.isDelivering() && !this.stopping.signal.aborted) {
      const left = until - this.clock.monotonicMs();
      if (left <= 0) return;
      await this.pause(Math.min(left, LONGEST_PAUSE_MS));
    }
  }

  private async pause(forMs: number): Promise<void> {
    await wait(forMs, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}
