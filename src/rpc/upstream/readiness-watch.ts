import { readinessCall } from '../../contract/watching.js';
import { type PolledReadiness } from '../../core/balancing/endpoint-health.js';
import { type Clock } from '../../core/replication/ports.js';
import { type Link } from '../link.js';

/** A change is said unasked; this finds what was missed. */
const PERIOD_MS = 1_000;
/** Below the period, so that looks never overlap. */
const TIMEOUT_MS = 900;

/** Keeps a line to an endpoint, and tells how it is each time that something is heard of it. */
export class ReadinessWatch {
  private cancel: () => void = () => undefined;
  private isStopped = false;

  constructor(
    private readonly link: Pick<Link, 'listen' | 'keep' | 'call' | 'other'>,
    private readonly clock: Pick<Clock, 'after'>,
    private readonly tell: (found: PolledReadiness) => void,
  ) {}

  start(): void {
    this.link.listen({
      found: (found) => {
        if (found === 'there') void this.look();
        else this.heard(found);
      },
      leaving: () => this.heard('stopping'),
    });
    this.link.keep();
    this.lookSoon();
  }

  stop(): void {
    this.isStopped = true;
    this.cancel();
  }

  /** Whether it is the process of this id that is watched. */
  isOf(id: string): boolean {
    return this.link.other?.id === id;
  }

  heard(found: PolledReadiness): void {
    if (!this.isStopped) this.tell(found);
  }

  private lookSoon(): void {
    this.cancel();
    if (!this.isStopped) this.cancel = this.clock.after(PERIOD_MS, () => void this.look());
  }

  private async look(): Promise<void> {
    this.lookSoon();
    const result = await this.link.call(readinessCall, {}, { timeoutMs: TIMEOUT_MS });
    switch (result.kind) {
      case 'answered':
        return this.heard(result.answer.state);
      case 'not understood':
        // Of another release: it is there, and says of each request whether it can serve it.
        return this.heard('ready');
      case 'refused':
      case 'overloaded':
      case 'lost':
        // The line itself tells when nobody is there.
        return;
      default:
        return result satisfies never;
    }
  }
}
