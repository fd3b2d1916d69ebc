import { Logger } from '@nestjs/common';
import { ExportResultCode } from '@opentelemetry/core';
import { type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';

/** Spans that wait to be sent; more are dropped. */
const MOST_WAITING = 4_096;
/** Of one message to the collector. */
const MOST_AT_ONCE = 512;
const SEND_EVERY_MS = 1_000;
/** When the process stops. */
const CLOSE_WITHIN_MS = 2_000;

export interface SpanCounts {
  sent(spans: number): void;
  dropped(reason: 'queue full' | 'not taken', spans: number): void;
}

/**
 * Spans that have ended, until the collector has them: sent once a second, one message after the other. (The package's BatchSpanProcessor
 * keeps to itself what it drops, and tells of each failure.)
 */
export class SpanQueue implements SpanProcessor {
  private readonly logger = new Logger('Tracing');
  private waiting: ReadableSpan[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private fails = false;
  private isClosed = false;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly collector: string,
    private readonly counts: SpanCounts,
  ) {}

  onStart(): void {
    // It is sent when it has ended.
  }

  onEnd(span: ReadableSpan): void {
    if (this.isClosed || this.waiting.length >= MOST_WAITING) return this.counts.dropped('queue full', 1);
    this.waiting.push(span);
    this.timer ??= setTimeout(() => void this.sendAll(), SEND_EVERY_MS).unref();
  }

  /** Whether it has been taken or not. */
  async forceFlush(): Promise<void> {
    await this.sendAll();
  }

  async shutdown(): Promise<void> {
    this.isClosed = true;
    await Promise.race([this.sendAll(), inMs(CLOSE_WITHIN_MS)]);
    // It tries for a while what it has under way, and nobody waits for that any more.
    void this.exporter.shutdown();
  }

  private sendAll(): Promise<void> {
    clearTimeout(this.timer);
    this.sending ??= this.sendInTurn().finally(() => {
      [this.sending, this.timer] = [undefined, undefined];
      if (this.waiting.length > 0 && !this.isClosed)
        this.timer = setTimeout(() => void this.sendAll(), SEND_EVERY_MS).unref();
    });
    return this.sending;
  }

  private async sendInTurn(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      const failure = await this.send(batch);
      if (failure === undefined) this.counts.sent(batch.length);
      else this.counts.dropped('not taken', batch.length);
      this.tell(failure);
      if (failure !== undefined) return;
    }
  }

  /** Undefined: the collector has taken them. */
  private send(batch: ReadableSpan[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      this.exporter.export(batch, ({ code, error }) =>
        resolve(code === ExportResultCode.SUCCESS ? undefined : (error?.message ?? 'it was refused')),
      );
    });
  }

  /** Once, until it works again. */
  private tell(failure: string | undefined): void {
    const fails = failure !== undefined;
    if (fails === this.fails) return;
    this.fails = fails;
    if (fails) this.logger.warn(`Spans are dropped: ${this.collector} does not take them (${failure})`);
    else this.logger.log(`${this.collector} takes spans again`);
  }
}

function inMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
