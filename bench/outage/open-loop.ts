import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';

export type Kind = 'read' | 'buy';

/** One request of a client, its fail-over included. */
export interface Sample {
  readonly kind: Kind;
  /** When it was to be sent, by `performance.now()`. */
  readonly dueAt: number;
  /** From then on until it was answered: what a late sender or a queue adds is in it. */
  readonly latencyMs: number;
  /** What came of it instead of a good answer. */
  readonly failure: string | null;
}

export interface Load {
  readonly frontEnds: readonly string[];
  readonly books: readonly number[];
  readonly readsPerSecond: number;
  readonly buysPerSecond: number;
}

/** A front-end that refused, or said that it closes, is left for so long, as long as there is another. */
const LEFT_MS = 1_000;
const ATTEMPT_MS = 10_000;
const ATTEMPTS = 4;
const TICK_MS = 1;

/**
 * Reads and buys at a steady rate, whether or not those before are answered (an open loop: Schroeder and others, "Open Versus Closed",
 * 2006). The client goes to each front-end in turn; where it finds nobody it asks the next, for the same key.
 */
export class OpenLoop {
  readonly samples: Sample[] = [];
  private readonly agent = new Agent({ connections: 256, pipelining: 1, connect: { timeout: 1_000 } });
  private readonly leftUntil = new Map<string, number>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly nextAt: Record<Kind, number>;
  private readonly timer: NodeJS.Timeout;
  private turn = 0;

  constructor(private readonly load: Load) {
    const now = performance.now();
    this.nextAt = { read: now, buy: now };
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** When all that were sent are answered. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.underWay);
    await this.agent.close();
  }

  private tick(): void {
    const now = performance.now();
    this.sendDue('read', this.load.readsPerSecond, now);
    this.sendDue('buy', this.load.buysPerSecond, now);
  }

  private sendDue(kind: Kind, perSecond: number, now: number): void {
    for (; this.nextAt[kind] <= now; this.nextAt[kind] += 1_000 / perSecond) {
      const dueAt = this.nextAt[kind];
      const asked = this.ask(kind)
        .catch((error: unknown) => String(error))
        .then((failure) => {
          this.samples.push({ kind, dueAt, latencyMs: performance.now() - dueAt, failure });
          this.underWay.delete(asked);
        });
      this.underWay.add(asked);
    }
  }

  /** What went wrong, or null. */
  private async ask(kind: Kind): Promise<string | null> {
    const { books, frontEnds } = this.load;
    const id = books[Math.floor(Math.random() * books.length)];
    const key = randomUUID();
    let failure: string | null = null;
    this.turn += 1;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const frontEnd = this.frontEndAt(this.turn + attempt);
      try {
        const answer = await request(`${frontEnd}/${kind === 'read' ? 'lookup' : 'buy'}/${id}`, {
          method: kind === 'read' ? 'GET' : 'PUT',
          dispatcher: this.agent,
          headers: kind === 'read' ? {} : { 'idempotency-key': key },
          signal: AbortSignal.timeout(ATTEMPT_MS),
        });
        const text = await answer.body.text();
        if (answer.headers['connection'] === 'close') this.leave(frontEnd);
        if (answer.statusCode !== 200) return `${answer.statusCode} ${text}`;
        return kind === 'read' || text.includes('"success":true') ? null : text;
      } catch (error) {
        failure = String(error);
        this.leave(frontEnd);
      }
    }
    return failure ?? `none of ${frontEnds.length} front-ends`;
  }

  private leave(frontEnd: string): void {
    this.leftUntil.set(frontEnd, performance.now() + LEFT_MS);
  }

  private frontEndAt(place: number): string {
    const now = performance.now();
    const staying = this.load.frontEnds.filter((each) => (this.leftUntil.get(each) ?? 0) <= now);
    const open = staying.length > 0 ? staying : this.load.frontEnds;
    return open[place % open.length] ?? '';
  }
}
