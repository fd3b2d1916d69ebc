import { type Connection } from './database.js';

/** A write for which nobody asked a sync, as the commit of an entry, rides on the next one; or is flushed after this long. */
const LAZY_FLUSH_MS = 1_000;
const MOST_ROUNDS = 16;

type Done = (error?: Error) => void;

/**
 * One transaction for all writes of a turn of the event loop. It begins with the first write; COMMIT, which syncs the
 * log, comes once per turn in which a sync was asked for. After a failure everything throws until `recover` succeeds.
 */
export class GroupCommit {
  #open = false;
  #waiting: Done[] = [];
  #commitScheduled = false;
  #flushScheduled = false;
  #failure: Error | undefined;
  /** Hears how many milliseconds each sync took. */
  onSynced: (durationMs: number) => void = () => undefined;

  /** `onFailure` hears of a failed flush: no caller waits for that. `assertInPlace` throws when what was written is lost all the same. */
  constructor(
    private readonly connection: Connection,
    private readonly onFailure: (error: Error) => void,
    private readonly onRollback: () => void,
    private readonly assertInPlace: () => void = () => undefined,
  ) {}

  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Runs a write inside the open transaction. Whatever it throws ends the transaction: a half-done write must not be committed. */
  write<T>(action: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (!this.#open) this.#begin();
      return action();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  read<T>(action: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return action();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  sync(done: Done): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting.push(done);
    if (this.#commitScheduled) return;
    this.#commitScheduled = true;
    setImmediate(() => {
      this.#commitScheduled = false;
      this.#commit();
    });
  }

  /** Commits what is open, and ends the syncs asked for, now. */
  flush(): void {
    if (this.#failure === undefined) this.#commit();
  }

  /** As `flush`, until nothing is open: those who waited for a sync may write more at once. Throws after a failure. */
  settle(): void {
    for (let round = 0; round < MOST_ROUNDS && (this.#open || this.#waiting.length > 0); round += 1)
      this.flush();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#open) throw new Error('there is too much to write');
  }

  /** `probe` shows that the disk takes writes again; throws what it throws. */
  recover(probe: () => void): void {
    this.#rollBack();
    probe();
    this.#failure = undefined;
  }

  #begin(): void {
    this.connection.exec('BEGIN IMMEDIATE');
    this.#open = true;
    if (this.#flushScheduled) return;
    this.#flushScheduled = true;
    setTimeout(() => this.#lazyFlush(), LAZY_FLUSH_MS).unref();
  }

  #lazyFlush(): void {
    this.#flushScheduled = false;
    if (!this.#open || this.#commitScheduled || !this.connection.open) return;
    this.#commit();
    if (this.#failure !== undefined) this.onFailure(this.#failure);
  }

  #commit(): void {
    if (this.#open) {
      try {
        const startedAt = performance.now();
        this.connection.exec('COMMIT');
        this.#open = false;
        this.assertInPlace();
        this.onSynced(performance.now() - startedAt);
      } catch (error) {
        this.#fail(error);
        return;
      }
    }
    const finished = this.#waiting;
    this.#waiting = [];
    for (const done of finished) done();
  }

  #fail(cause: unknown): Error {
    const failure = cause instanceof Error ? cause : new Error(String(cause));
    this.#failure = failure;
    this.#rollBack();
    const lost = this.#waiting;
    this.#waiting = [];
    // Not at once: the caller may be in the middle of a turn, and a done may call the store.
    if (lost.length > 0) setImmediate(() => lost.forEach((done) => done(failure)));
    return failure;
  }

  #rollBack(): void {
    this.#open = false;
    this.onRollback();
    // SQLite has already rolled back by itself after some errors.
    if (this.connection.inTransaction) this.connection.exec('ROLLBACK');
  }
}
