import { type SessionGrant } from '../../../src/core/replication/api.js';
import { Membership } from '../../../src/core/members/membership.js';
import { type Effect, type Invalidation } from '../../../src/core/replication/invalidation.js';
import { type Clock } from '../../../src/core/replication/ports.js';
import { Sessions } from '../../../src/core/replication/sessions.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type Connection, type Database, type Outcome, type Row } from './database.js';
import { type FrontEnd } from './front-end.js';
import { Unit } from './unit.js';
import { type World } from './world.js';

export interface Wish {
  readonly id: string;
  readonly kind: 'sale' | 'restock' | 'retitle' | 'create';
  /** 0: a creation. */
  readonly bookId: number;
}

export type Written =
  | { readonly kind: 'decided'; readonly outcome: Outcome }
  | { readonly kind: 'not started' }
  | { readonly kind: 'unknown' };

export interface Read<T> {
  readonly value: T;
  readonly keep: boolean;
}

/** Names the engine in grants and answers. */
export const ENGINE = 'engine';
const BEATS_PER_LEASE = 4;

interface Life {
  readonly clock: Clock;
  readonly key: string;
  readonly membership: Membership;
  readonly sessions: Sessions;
}

/** One catalog that shares the engine with others. */
export class Member {
  readonly process: SimulatedProcess;
  private life: Life | null = null;
  private unit: Unit | null = null;
  private joins = 0;

  constructor(
    private readonly world: World,
    index: number,
    private readonly frontEnds: readonly FrontEnd[],
  ) {
    this.process = world.newProcess(`M${index + 1}`, index);
  }

  start(): void {
    if (this.process.running) return;
    this.process.begin();
    this.world.note(this.process.name, () => 'starts');
    this.process.deliver(this.process.life, () => this.join(this.process.clock()));
  }

  crash(): void {
    if (!this.process.running) return;
    this.world.note(this.process.name, () => 'crashes');
    this.process.kill();
    this.life = null;
    const unit = this.unit;
    this.unit = null;
    this.world.schedule.after(this.world.random.exponential(5), () => unit?.drop());
  }

  /** Whether it would take a write now. */
  writes(): boolean {
    const { life } = this;
    if (life === null || this.process.isStopped || this.unit?.database !== this.world.database) return false;
    return !life.membership.over && life.membership.mayWrite(life.clock.monotonicMs());
  }

  session(frontEndId: string, address: string): SessionGrant | null {
    const { life } = this;
    const list = life?.membership.list() ?? null;
    const grant = list === null ? null : (life?.sessions.grant(frontEndId, address) ?? null);
    return grant && list && { ...grant, shared: { engine: ENGINE, ...list } };
  }

  /** P6; P7 for an id that has no book. */
  read(bookId: number, done: (read: Read<Row | null> | null) => void): void {
    this.see<Row | null>(
      `book:${bookId}`,
      ({ stored }) => stored.books.get(bookId) ?? null,
      (read) => {
        const locked = this.world.rules.model['P7 lock of the catalogue'];
        if (read === null || read.value !== null || !locked) return done(read);
        this.see<Row | null>('catalogue', ({ stored }) => stored.books.get(bookId) ?? null, done);
      },
    );
  }

  /** P7: how many books were created and titles changed, which stands for all that searches show. */
  search(done: (read: Read<number> | null) => void): void {
    const lock = this.world.rules.model['P7 lock of the catalogue'] ? 'catalogue' : null;
    const sum = ({ stored }: Database): number =>
      [...stored.books.values()].reduce((titles, row) => titles + row.titles + 1, 0);
    this.see(lock, sum, done);
  }

  write(wish: Wish, done: (written: Written) => void): void {
    const { life, unit } = this;
    if (
      life === null ||
      unit === null ||
      life.membership.over ||
      !life.membership.mayWrite(life.clock.monotonicMs())
    )
      return done({ kind: 'not started' });
    new Writing(this.world, this.process, life, unit, wish, done).begin();
  }

  /** P6: the lock first, tried and never waited for, and the row in a statement after it; both in one message. */
  private see<T>(
    lock: string | null,
    look: (database: Database) => T,
    done: (read: Read<T> | null) => void,
  ): void {
    const { life, unit, world } = this;
    if (life === null || unit === null) return done(null);
    const { membership, clock } = life;
    if (!membership.mayRead(clock.monotonicMs(), clock.wallClockMs())) return done(null);
    const connection = unit.connect();
    const { database } = unit;
    const tries = (): boolean => lock === null || database.tries(connection, lock);
    const run = (reply: (read: { value: T; locked: boolean }) => void): void => {
      const early = look(database);
      world.work(() => {
        const locked = tries();
        world.work(() => {
          const value = world.rules.model['P6 lock before reading'] ? look(database) : early;
          reply({ value, locked });
          database.close(connection);
        });
      });
    };
    world.statement(this.process, database, connection, run, ({ value, locked }) => {
      // P8: how old the view is counts when the answer has come.
      const now = clock.monotonicMs();
      const wall = clock.wallClockMs();
      if (life !== this.life || !membership.mayRead(now, wall)) return done(null);
      done({ value, keep: locked });
    });
  }

  private join(clock: Clock): void {
    const { world, process } = this;
    const { leaseMs } = world.settings;
    this.life = null;
    this.unit?.drop();
    const unit = new Unit(world.database);
    this.unit = unit;
    this.joins += 1;
    const key = `${process.name}-${this.joins}.1`;
    const connection = unit.connect();
    let answered = false;
    const run = (reply: (answer: true) => void): void => {
      connection.writes.push((stored) => {
        stored.members.set(key, { beats: 0, fenced: false });
        stored.version += 1;
      });
      world.work(() => {
        if (unit.database.commit(connection)) reply(true);
      });
    };
    world.statement(process, unit.database, connection, run, () => {
      if (answered) return;
      answered = true;
      const membership = new Membership(key, clock.monotonicMs(), leaseMs, world.rules.members);
      this.life = { clock, key, membership, sessions: this.newSessions(clock, key, membership) };
      world.note(process.name, () => `joined as ${key}`);
      this.beat(this.life);
    });
    clock.after(leaseMs, () => {
      if (answered) return;
      answered = true;
      this.join(clock);
    });
  }

  private newSessions(clock: Clock, key: string, membership: Membership): Sessions {
    const { world } = this;
    const { leaseMs } = world.settings;
    const sessions: Sessions = new Sessions(
      {
        leaseMs,
        rules: world.rules.sessions,
        identity: { replicaId: key.slice(0, key.indexOf('.')), startNumber: 1, joined: true },
        now: () => clock.monotonicMs(),
        after: (delayMs, action) => clock.after(delayMs, action),
        ports: {
          network: {
            invalidate: (frontEndId, address, invalidation) =>
              this.bring(clock, sessions, frontEndId, address, invalidation),
          },
        },
      },
      { majorityRemainingMs: () => membership.grantableMs(clock.monotonicMs(), clock.wallClockMs()) },
    );
    return sessions;
  }

  /** Again until it is acknowledged, or no session can run any more. */
  private bring(
    clock: Clock,
    sessions: Sessions,
    frontEndId: string,
    address: string,
    invalidation: Invalidation,
  ): void {
    const frontEnd = this.frontEnds.find(({ process }) => process.name === address);
    if (frontEnd === undefined) return;
    const { leaseMs } = this.world.settings;
    const until = clock.monotonicMs() + 2 * leaseMs;
    let known = false;
    const send = (): void => {
      if (known || clock.monotonicMs() > until) return;
      this.world.send(this.process, frontEnd.process, () => {
        frontEnd.forget(invalidation);
        this.world.send(frontEnd.process, this.process, () => {
          known = true;
          sessions.invalidated(frontEndId, invalidation.id);
        });
      });
      clock.after(leaseMs / 5, send);
    };
    send();
  }

  /** P1: touches the own row and reads all of them, in one statement. */
  private beat(life: Life): void {
    const { world, process, unit } = this;
    const { clock, membership, key } = life;
    if (this.life !== life || unit === null) return;
    if (membership.over) return this.join(clock);
    const { leaseMs } = world.settings;
    const sentAt = clock.monotonicMs();
    const { database, beats } = unit;
    const run = (reply: (seen: ReturnType<Database['membersSeen']>) => void): void => {
      const seen = database.membersSeen();
      beats.writes.push((stored) => {
        const row = stored.members.get(key);
        if (row !== undefined) row.beats += 1;
      });
      world.work(() => {
        if (database.commit(beats)) reply(seen);
      });
    };
    let answered = false;
    world.statement(process, database, beats, run, (seen) => {
      answered = true;
      if (this.life !== life) return;
      membership.beat(sentAt, seen, clock.monotonicMs(), clock.wallClockMs());
      if (membership.over) return this.join(clock);
      for (const silent of membership.silent()) this.fence(unit, silent);
    });
    clock.after(leaseMs / BEATS_PER_LEASE, () => this.beat(life));
    clock.after(leaseMs, () => {
      if (answered || this.life !== life || this.unit !== unit) return;
      world.note(process.name, () => 'heard nothing of the engine: connects anew');
      unit.drop();
      this.unit = new Unit(world.database);
    });
  }

  /** P2: waits for what the other is writing, and after that it can write nothing. */
  private fence(unit: Unit, key: string): void {
    if (unit.fencing.has(key)) return;
    unit.fencing.add(key);
    const { world } = this;
    const connection = unit.connect();
    const { database } = unit;
    const run = (): void => {
      const locked = (): void => {
        connection.writes.push((stored) => {
          const row = stored.members.get(key);
          if (row === undefined || row.fenced) return;
          row.fenced = true;
          stored.version += 1;
        });
        world.work(() => {
          if (database.commit(connection)) world.note('db', () => `${key} is fenced by ${this.process.name}`);
          unit.fencing.delete(key);
          database.close(connection);
        });
      };
      if (world.rules.model['P2 fencing waits for writers'])
        database.lock(connection, `member:${key}`, 'exclusive', locked);
      else locked();
    };
    world.statement(this.process, database, connection, run, () => undefined);
  }
}

/** One transaction for one operation. */
class Writing {
  private readonly connection: Connection;
  private committing = false;
  private over = false;
  private readonly cancel: () => void;

  constructor(
    private readonly world: World,
    private readonly process: SimulatedProcess,
    private readonly life: Life,
    private readonly unit: Unit,
    private readonly wish: Wish,
    private readonly done: (written: Written) => void,
  ) {
    this.connection = unit.connect();
    this.cancel = life.clock.after(3 * world.settings.leaseMs, () =>
      this.end(this.committing ? { kind: 'unknown' } : { kind: 'not started' }),
    );
  }

  begin(): void {
    const { database } = this.unit;
    const { connection, world } = this;
    const { bookId } = this.wish;
    const run = (
      reply: (found: {
        fenced: boolean;
        row: Row | null;
        known: Outcome | undefined;
        nextId: number;
      }) => void,
    ): void => {
      const lockRow = (): void => {
        // The statement's snapshot is older than the row that it waits for; the member's lock makes that right (P2).
        const fenced = database.stored.members.get(this.life.key)?.fenced !== false;
        database.lock(connection, `row:${bookId}`, 'exclusive', () =>
          world.work(() => {
            const { stored } = database;
            const known = stored.operations.get(this.wish.id);
            const found = {
              fenced,
              row: stored.books.get(bookId) ?? null,
              known,
              nextId: stored.books.size + 1,
            };
            const lockBook = (): void =>
              database.lock(connection, bookId === 0 ? 'catalogue' : `book:${bookId}`, 'exclusive', () =>
                this.lockCatalogue(() => reply(found)),
              );
            if (world.rules.model['P5 lock before telling']) lockBook();
            else reply(found);
          }),
        );
      };
      if (world.rules.model['P2 fencing waits for writers'])
        database.lock(connection, `member:${this.life.key}`, 'shared', lockRow);
      else lockRow();
    };
    world.statement(this.process, database, connection, run, ({ fenced, row, known, nextId }) => {
      if (this.over) return;
      if (fenced && world.rules.model['P2 the fenced write nothing'])
        return this.end({ kind: 'not started' });
      if (known !== undefined && world.rules.model['operations once'])
        return this.end({ kind: 'decided', outcome: known });
      this.decide(row, nextId);
    });
  }

  private lockCatalogue(then: () => void): void {
    const { kind } = this.wish;
    if (kind !== 'retitle' || !this.world.rules.model['P7 lock of the catalogue']) return then();
    this.unit.database.lock(this.connection, 'catalogue', 'exclusive', then);
  }

  private decide(row: Row | null, nextId: number): void {
    const { kind, bookId } = this.wish;
    if (kind === 'create')
      return this.tell({ kind: 'created', bookId: nextId }, nextId, { quantity: 3, titles: 0 });
    if (row === null) return this.end({ kind: 'not started' });
    const { quantity, titles } = row;
    if (kind === 'restock')
      return this.tell({ kind: 'restocked' }, bookId, { quantity: quantity + 1, titles });
    if (kind === 'retitle') return this.tell({ kind: 'retitled' }, bookId, { quantity, titles: titles + 1 });
    if (quantity === 0) return this.commit({ kind: 'out of stock' }, bookId, row);
    this.tell({ kind: 'sold' }, bookId, { quantity: quantity - 1, titles });
  }

  /** P5: with the lock held, so that no answer that may be kept is made from before until the transaction has ended. */
  private tell(outcome: Outcome, bookId: number, row: Row): void {
    if (!this.world.rules.model['P5 tell front-ends']) return this.commit(outcome, bookId, row);
    const { kind } = this.wish;
    const effect: Effect = {
      bookIds: kind === 'create' ? [] : [bookId],
      retitledIds: kind === 'retitle' ? [bookId] : [],
      topics: kind === 'create' ? ['topic'] : [],
      unknownIds: kind === 'create',
      everySearch: false,
    };
    this.life.sessions.forget(effect, () => {
      if (!this.over) this.commit(outcome, bookId, row);
    });
  }

  private commit(outcome: Outcome, bookId: number, row: Row): void {
    const { connection, world, wish } = this;
    const { database } = this.unit;
    this.committing = true;
    const run = (reply: (answer: true) => void): void => {
      connection.writes.push((stored) => {
        stored.books.set(bookId, row);
        stored.operations.set(wish.id, outcome);
        stored.applied.push(wish.id);
      });
      world.work(() => {
        if (!database.commit(connection)) return;
        world.note(
          'db',
          () => `${this.life.key} wrote ${wish.kind} ${wish.id}: book ${bookId} ${JSON.stringify(row)}`,
        );
        reply(true);
      });
    };
    world.statement(this.process, database, connection, run, () => this.end({ kind: 'decided', outcome }));
  }

  private end(written: Written): void {
    if (this.over) return;
    this.over = true;
    this.cancel();
    this.unit.giveUp(this.world, this.process, this.connection);
    this.done(written);
  }
}
