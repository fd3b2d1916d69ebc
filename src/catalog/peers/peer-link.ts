import { type PeerMessage } from '../../core/replication/messages.js';
import { type Clock } from '../../core/replication/ports.js';
import { HeldRequests } from './held-requests.js';
import { mannerOf } from './peer-messages.js';

/** One POST of a batch. `refused`: it was not handed over. `lost`: nobody knows. Never rejects. */
export type PostBatch = (body: string) => Promise<'delivered' | 'refused' | 'lost'>;

export interface PeerLinkLimits {
  /** Requests under way to one peer; one more is allowed for lease messages. */
  readonly maxInFlight: number;
  readonly maxWaitingMessages: number;
  readonly maxWaitingCharacters: number;
  readonly maxBatchMessages: number;
  readonly maxBatchCharacters: number;
}

/** The batch limits lie below those of the peer-messages route (peer-messages.route.ts). */
const PEER_LINK_LIMITS: PeerLinkLimits = {
  maxInFlight: 3,
  maxWaitingMessages: 20_000,
  maxWaitingCharacters: 32 * 1024 * 1024,
  maxBatchMessages: 2_000,
  maxBatchCharacters: 1024 * 1024,
};

/** Without these a replica loses its leases, so they overtake what waits, and bulk cannot push them out. */
const URGENT: ReadonlySet<PeerMessage['kind']> = new Set([
  'lease request',
  'lease grant',
  'identity refused',
  'farewell',
]);
const MAX_URGENT = 16;

/**
 * A commit waits so long for something to travel with: the write has been answered, and until the commit comes a reader of the book at
 * that peer is only sent one hop further. A sale in a row of sales so costs a peer one request instead of two.
 */
const COMMIT_LINGERS_MS = 5;

/**
 * The way to one peer: what is sent in one turn of the event loop leaves in one request, or in the answer to one of the peer's that is
 * held open. When too much waits, the oldest is dropped: messages may be lost by design, and the newest is the likeliest to be still wanted.
 */
export class PeerLink {
  private readonly urgent: string[] = [];
  private readonly waiting: string[] = [];
  private waitingCharacters = 0;
  private inFlight = 0;
  private flushDue = false;
  private lingering = false;
  /** More waits than commits that linger. */
  private pressing = false;
  private readonly held: HeldRequests;
  private closed = false;
  private droppedCount = 0;

  constructor(
    private readonly post: PostBatch,
    /** The peer could not be reached with a batch; never called from within `send`. */
    private readonly unreachable: () => void,
    private readonly endOfTurn: (action: () => void) => void,
    private readonly after: Clock['after'],
    private readonly limits: PeerLinkLimits = PEER_LINK_LIMITS,
  ) {
    this.held = new HeldRequests(after);
  }

  /** Messages dropped because too many waited. */
  get dropped(): number {
    return this.droppedCount;
  }

  send(kind: PeerMessage['kind'], text: string): void {
    if (this.closed) return;
    if (URGENT.has(kind)) this.addUrgent(text);
    else this.addOrdinary(text);
    if (mannerOf(kind) === 'answers') this.held.countAnswer();
    if (kind === 'commit') return this.flushLater();
    this.pressing = true;
    this.flushSoon();
  }

  /** Keeps a request of that peer's open for answers to so many messages: see `HeldRequests.hold`. */
  hold(awaited: number): Promise<string | null> {
    return this.closed ? Promise.resolve(null) : this.held.hold(awaited);
  }

  /** Forgets what waits; requests under way are left to end. */
  close(): void {
    this.closed = true;
    this.held.releaseAll();
    this.urgent.length = 0;
    this.waiting.length = 0;
    this.waitingCharacters = 0;
  }

  private addUrgent(text: string): void {
    this.urgent.push(text);
    if (this.urgent.length <= MAX_URGENT) return;
    this.urgent.shift();
    this.droppedCount++;
  }

  private addOrdinary(text: string): void {
    const { maxWaitingMessages, maxWaitingCharacters } = this.limits;
    this.waiting.push(text);
    this.waitingCharacters += text.length;
    while (this.waiting.length > maxWaitingMessages || this.waitingCharacters > maxWaitingCharacters) {
      this.waitingCharacters -= this.waiting.shift()?.length ?? 0;
      this.droppedCount++;
    }
  }

  private flushSoon(): void {
    if (this.flushDue) return;
    this.flushDue = true;
    this.endOfTurn(() => {
      this.flushDue = false;
      this.flush();
    });
  }

  private flushLater(): void {
    if (this.flushDue || this.lingering) return;
    this.lingering = true;
    this.after(COMMIT_LINGERS_MS, () => {
      this.lingering = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.closed) return;
    this.answerHeld();
    while (this.hasRoom()) {
      const batch = bodyOf(this.takeBatch(this.inFlight < this.limits.maxInFlight));
      this.inFlight++;
      void this.post(batch).then((outcome) => {
        this.inFlight--;
        if (this.closed) return;
        if (outcome !== 'delivered') this.unreachable();
        // The oks in the answer have just made commits, which are to wait for company.
        if (this.pressing || !this.lingering) this.flush();
      });
    }
    if (this.urgent.length + this.waiting.length === 0) this.pressing = false;
  }

  private answerHeld(): void {
    for (let held = this.held.oldest(); held !== undefined; held = this.held.oldest()) {
      if (this.urgent.length + this.waiting.length === 0) break;
      held.release(bodyOf(this.takeBatch(true)));
    }
    this.held.releaseSettled();
  }

  private hasRoom(): boolean {
    if (this.urgent.length > 0) return this.inFlight <= this.limits.maxInFlight;
    return this.waiting.length > 0 && this.inFlight < this.limits.maxInFlight;
  }

  /** `ordinary`: not only what is urgent. */
  private takeBatch(ordinary: boolean): string[] {
    const { maxBatchMessages, maxBatchCharacters } = this.limits;
    const batch = this.urgent.splice(0);
    if (!ordinary) return batch;
    let characters = 0;
    let count = 0;
    for (const text of this.waiting) {
      // The first one goes in any case, or one that is too long would block the rest for ever.
      if (count > 0 && characters + text.length > maxBatchCharacters) break;
      if (batch.length + count >= maxBatchMessages) break;
      characters += text.length;
      count++;
    }
    batch.push(...this.waiting.splice(0, count));
    this.waitingCharacters -= characters;
    return batch;
  }
}

function bodyOf(batch: readonly string[]): string {
  return `{"envelopes":[${batch.join(',')}]}`;
}
