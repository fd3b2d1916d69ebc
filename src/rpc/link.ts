import { type Call, type CallResult, type Notice } from '../contract/call.js';
import { type PolledReadiness } from '../core/balancing/endpoint-health.js';
import { type RequestContext } from '../observability/request-context.js';
import { type AttemptObserver } from './attempt-observer.js';
import { type Connection, type CallOptions, type Leaves } from './connection.js';
import { type LineEnd } from './handshake.js';
import { attemptAt, failureOf } from './call-spans.js';
import { type LineAddress, type Opened } from './opening.js';

/** After a connection could not be opened, or ended: half of it at least, the rest by chance, doubled each time. */
const FIRST_PAUSE_MS = 20;
/** So soon a role that is back is found. */
const LONGEST_PAUSE_MS = 250;
/** Calls that wait for a connection; more are refused. */
const MOST_WAITING = 4_096;
/** Notices that wait for one; more are dropped. */
const MOST_UNSENT_NOTICES = 256;
/** One that ended sooner was none: it is not opened again at once, or two sides that do not agree would do nothing else. */
const STOOD_MS = 1_000;

export interface LinkListener {
  /** A connection stands: who is there now. */
  opened?(connection: Connection): void;
  /** The other side stops: it answers what it has. */
  leaving?(): void;
  /** How the other side was found to be, when that changes. */
  found?(readiness: Extract<PolledReadiness, 'refused' | 'silent'> | 'there'): void;
}

export interface LinkCallOptions<Answer> {
  /** Bound of this attempt, connecting included. */
  readonly timeoutMs: number;
  /** Of a request that is followed. */
  readonly observer?: AttemptObserver<CallResult<Answer>> | undefined;
  /** On whose behalf. */
  readonly context?: RequestContext | undefined;
}

interface WaitingCall {
  readonly proceed: (connection: Connection) => void;
  readonly refuse: (reason: string) => void;
}

/** Keeps a connection to one role: opened when it is first wanted, and again each time it ends. */
export class Link {
  private connection: Connection | null = null;
  private isOpening = false;
  private readonly waiting = new Set<WaitingCall>();
  private unsent: { readonly notice: Pick<Notice<never>, 'name'>; readonly json: string }[] = [];
  private pauseMs = FIRST_PAUSE_MS;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private openedAt = -Infinity;
  private reason = 'no connection was opened yet';
  private readonly listeners: LinkListener[] = [];

  constructor(
    readonly to: LineAddress,
    private readonly open: () => Promise<Opened>,
  ) {}

  listen(listener: LinkListener): void {
    this.listeners.push(listener);
  }

  /** Who was at the other end last; null: nobody yet. */
  get other(): LineEnd | null {
    return this.connection?.other ?? null;
  }

  get isUp(): boolean {
    return this.connection?.isOpen === true;
  }

  /** Opens a connection if there is none: to find out who is there before the first call. */
  keep(): void {
    if (this.connection?.isOpen === true || this.isOpening || this.closed) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isOpening = true;
    void this.open().then((opened) => this.opened(opened));
  }

  /** For whoever only looks: null, for whatever reason there is no answer. */
  async answerTo<Request, Answer>(
    call: Call<Request, Answer>,
    request: Request,
    options: LinkCallOptions<Answer>,
  ): Promise<Answer | null> {
    const result = await this.call(call, request, options);
    return result.kind === 'answered' ? result.answer : null;
  }

  /** Never rejects. It waits for a connection as long as one is being opened. */
  call<Request, Answer>(
    call: Call<Request, Answer>,
    request: Request,
    { timeoutMs, observer, context }: LinkCallOptions<Answer>,
  ): Promise<CallResult<Answer>> {
    const observed = observer?.attempt(this.to.address);
    const span = context?.span?.begin(attemptAt(this.to.address, call.name));
    const options = { timeoutMs, trace: observed?.header, requestIds: context?.ids, parents: span?.parents };
    const sent = this.send(call, request, options);
    if (observed === undefined && span === undefined) return sent;
    return sent.then((result) => {
      observed?.ended(result);
      span?.end({ failure: failureOf(result) });
      return result;
    });
  }

  private send<Request, Answer>(
    call: Call<Request, Answer>,
    request: Request,
    options: CallOptions,
  ): Promise<CallResult<Answer>> {
    const { connection } = this;
    if (connection?.isOpen === true) return connection.call(call, request, options);
    if (this.closed) return Promise.resolve({ kind: 'refused', reason: 'this process stops' });
    if (this.isPausing) return Promise.resolve({ kind: 'refused', reason: this.reason });
    if (this.waiting.size >= MOST_WAITING)
      return Promise.resolve({ kind: 'refused', reason: 'too many calls wait for it' });
    this.keep();
    return this.whenOpen(call, request, options);
  }

  /** False: it was dropped. */
  tell(notice: Pick<Notice<never>, 'name'>, json: string, leaves?: Leaves): boolean {
    if (this.connection?.isOpen === true) return this.connection.tell(notice, json, leaves);
    if (this.isPausing || this.closed || this.unsent.length >= MOST_UNSENT_NOTICES) return false;
    this.keep();
    this.unsent.push({ notice, json });
    return true;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.connection?.destroy('this process stops');
    this.refuseWaiting('this process stops');
  }

  /** An attempt has just failed, and the next one is due soon. */
  private get isPausing(): boolean {
    return !this.isOpening && this.timer !== undefined;
  }

  private whenOpen<Request, Answer>(
    call: Call<Request, Answer>,
    request: Request,
    options: CallOptions,
  ): Promise<CallResult<Answer>> {
    const since = performance.now();
    return new Promise((resolve) => {
      const waiting: WaitingCall = {
        proceed: (connection) => {
          leave();
          const timeoutMs = options.timeoutMs - (performance.now() - since);
          resolve(connection.call(call, request, { ...options, timeoutMs }));
        },
        refuse: (reason) => {
          leave();
          resolve({ kind: 'refused', reason });
        },
      };
      const timer = setTimeout(() => waiting.refuse('no connection in time'), options.timeoutMs);
      const leave = (): void => {
        clearTimeout(timer);
        this.waiting.delete(waiting);
      };
      this.waiting.add(waiting);
    });
  }

  private opened(opened: Opened): void {
    this.isOpening = false;
    if (opened.kind !== 'open') {
      this.reason = opened.reason;
      this.tellFound(opened.kind);
      this.refuseWaiting(opened.reason);
      return this.keepSoon();
    }
    const { connection } = opened;
    if (this.closed) return connection.destroy('this process stops');
    this.connection = connection;
    this.openedAt = performance.now();
    connection.listen({
      silent: (isSilent) => this.tellFound(isSilent ? 'silent' : 'there'),
      leaving: () => {
        for (const listener of this.listeners) listener.leaving?.();
      },
      closed: (reason) => this.ended(connection, reason),
    });
    this.tellFound('there');
    for (const listener of this.listeners) listener.opened?.(connection);
    for (const { notice, json } of this.unsent.splice(0)) connection.tell(notice, json);
    for (const { proceed } of [...this.waiting]) proceed(connection);
  }

  private ended(connection: Connection, reason: string): void {
    if (this.connection !== connection) return;
    this.connection = null;
    this.reason = reason;
    if (performance.now() - this.openedAt < STOOD_MS) return this.keepSoon();
    this.pauseMs = FIRST_PAUSE_MS;
    // Perhaps only this connection; the next attempt tells.
    this.keep();
  }

  private keepSoon(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => this.keep(), this.pauseMs * (0.5 + Math.random() / 2));
    this.timer.unref();
    this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_PAUSE_MS);
  }

  private tellFound(found: 'refused' | 'silent' | 'there'): void {
    for (const listener of this.listeners) listener.found?.(found);
  }

  private refuseWaiting(reason: string): void {
    this.unsent = [];
    for (const { refuse } of [...this.waiting]) refuse(reason);
  }
}
