import { type PostgresDatabase, type PostgresHost } from '../../config/index.js';
import { type Clock } from '../../core/replication/ports.js';
import { StartError } from '../../runtime/start-error.js';
import { Member, type MembersOptions } from './members.js';
import { migrate } from './schema.js';
import { hopeless, reasonFor, Server } from './server.js';

export interface ConnectionOptions {
  readonly database: PostgresDatabase;
  readonly leaseMs: number;
  readonly connectTimeoutMs: number;
}

export interface ConnectionObserver {
  /** After each beat, and when the server was lost. */
  looked(): void;
  /** Nothing that this process could do would help. */
  giveUp(error: StartError): void;
  say(text: string): void;
  warn(text: string): void;
}

/** Before that, what it says does not count any more (P8). */
const PATIENCE_LEASES = 2;
const SHORTEST_PATIENCE_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Keeps this catalog connected to a server that takes writes, and a member there: connects, brings the schema up to date, joins, beats; begins
 * anew when the beats are lost, under another key when it was fenced.
 */
export class Connected {
  private current: Server | null = null;
  private joined: Member | null = null;
  private engine: string | null = null;
  private why: string | null = 'not connected to PostgreSQL yet';
  private over = false;
  private leaving = false;
  private pauseMs = FIRST_PAUSE_MS;
  /** A server that was superseded may say that it takes writes, and take no beats: the others are asked before it. */
  private left: PostgresHost | null = null;
  private loop: Promise<void> | null = null;
  private wake: () => void = () => undefined;

  constructor(
    private readonly options: ConnectionOptions,
    private readonly membersOptions: MembersOptions,
    private readonly clock: Clock,
    private readonly observer: ConnectionObserver,
  ) {}

  start(): void {
    this.loop = this.run();
  }

  server(): Server | null {
    return this.current;
  }

  member(): Member | null {
    return this.joined;
  }

  /** Names the database, for good. */
  engineId(): string | null {
    return this.engine;
  }

  /** Why it cannot serve; null: it can, as far as the connection goes. */
  reason(): string | null {
    return this.why;
  }

  /** Takes this catalog out of the members: front-ends need no session with it any more. */
  async leave(): Promise<void> {
    this.leaving = true;
    const { joined, current } = this;
    if (joined === null || current === null) return;
    await joined.leave(current).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.over = true;
    this.wake();
    // Before the loop ends: a connection that hangs would hold it up.
    await this.current?.drop();
    await this.loop;
    await this.current?.drop();
  }

  private async run(): Promise<void> {
    while (!this.over) {
      try {
        await this.serve();
      } catch (error) {
        const fatal = error instanceof StartError ? error : hopeless(error, this.options.database);
        if (fatal !== undefined && !this.over) return this.observer.giveUp(fatal);
        this.lost(reasonFor(error));
      }
      if (!this.over) await this.pause(this.pauseMs);
      this.pauseMs = Math.min(2 * this.pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** Returns, or throws, when the server is lost. */
  private async serve(): Promise<void> {
    const { database } = this.options;
    const server = await Server.connect(database, this.options, this.left);
    try {
      await migrate(server, database);
      const { rows } = await server.beats.query<{ engine_id: string }>('SELECT engine_id FROM catalogue');
      this.engine = rows[0]?.engine_id ?? null;
      this.left = server.host;
      this.current = server;
      this.observer.say(
        `connected to ${database.shown}: ${server.shown} (PostgreSQL ${server.version}) takes writes`,
      );
      while (!this.over) {
        await this.beat(server);
        this.why = null;
        this.pauseMs = FIRST_PAUSE_MS;
        this.observer.looked();
        await this.pause(this.joined?.beatMs ?? 0);
      }
    } finally {
      this.current = null;
      void server.drop();
    }
  }

  private async beat(server: Server): Promise<void> {
    if (this.leaving) return;
    if (this.joined?.membership.over === true) {
      this.observer.warn('another catalog took this one for dead: it joins anew');
      this.joined = null;
    }
    const beaten = this.joined === null ? this.join(server) : this.joined.beat(server);
    await this.inTime(beaten);
  }

  private async join(server: Server): Promise<void> {
    const member = await Member.join(server, this.clock, this.membersOptions);
    await member.beat(server);
    this.joined = member;
  }

  /** A server that says nothing for so long is left: it may have been superseded. */
  private inTime(beaten: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const patienceMs = Math.max(PATIENCE_LEASES * this.options.leaseMs, SHORTEST_PATIENCE_MS);
      const cancel = this.clock.after(patienceMs, () => reject(new Error('it took no beat in time')));
      beaten.finally(cancel).then(resolve, reject);
    });
  }

  private lost(reason: string): void {
    if (this.over) return;
    // Said once for each reason, however often it is tried.
    if (this.why !== reason) this.observer.warn(`not usable: ${reason}`);
    this.why = reason;
    this.observer.looked();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.clock.after(ms, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
