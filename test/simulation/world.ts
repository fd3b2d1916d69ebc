import { type Clock } from '../../src/core/replication/ports.js';
import { type Book, type BookId, type Entry, type ReplicaId } from '../../src/core/replication/types.js';
import { LedgerOracle } from './checkers/ledger-oracle.js';
import { Links } from './engine/links.js';
import { Prng } from './engine/prng.js';
import { EPOCH_MS, SimulatedProcess } from './engine/process.js';
import { Schedule } from './engine/schedule.js';
import { History, type Violation } from './history.js';
import { type Answered, type Ask, type CallResult, type Content } from './messages.js';
import { type Mutation, type Settings } from './settings.js';
import { describe } from './trace.js';

/** Someone with an address who takes requests. */
export interface Party {
  readonly process: SimulatedProcess;
  /** `timeLeftMs`: how long whoever asks will still wait. */
  serve(ask: Ask, timeLeftMs: number, reply: (answered: Answered) => void): void;
}

/** Everything that all actors of one run share. */
export class World {
  readonly schedule = new Schedule();
  readonly links: Links;
  readonly history = new History();
  readonly violations: Violation[] = [];
  readonly oracle: LedgerOracle;
  readonly trace: string[] | null;
  /** Short names of replica ids, for people. */
  readonly names = new Map<ReplicaId, string>();

  constructor(
    readonly settings: Settings,
    readonly mutation: Mutation,
    tracing: boolean,
  ) {
    this.trace = tracing ? [] : null;
    this.oracle = new LedgerOracle(
      (violation) => this.violate(violation),
      settings.policy === 'split',
      () => EPOCH_MS + this.schedule.now + (settings.holds?.skewMs ?? Infinity),
    );
    this.links = new Links(this.schedule, new Prng(settings.seed, 2), { ...settings.links }, (parcel) =>
      this.note(parcel.from, () => `to ${parcel.to}: ${describe(parcel.content, this.names)} -- LOST`),
    );
  }

  /** A replica commits an entry. On the two sides of a split each has its own, until the end. */
  commits(replica: string, bookId: BookId, entry: Entry, book: Book | null): void {
    if (this.settings.policy !== 'split') this.oracle.commits(replica, bookId, entry, book);
  }

  violate(violation: Violation): void {
    this.violations.push(violation);
    this.note('CHECK', () => `${violation.rule}: ${violation.text}`);
  }

  note(actor: string, text: () => string): void {
    this.trace?.push(`${this.schedule.now.toFixed(1).padStart(9)}  ${actor.padEnd(5)} ${text()}`);
  }

  /** `stream` sets apart the randomness of each process. */
  newProcess(name: string, stream: number, onThrow: (thrown: unknown) => void): SimulatedProcess {
    const random = new Prng(this.settings.seed, 1_000 + stream);
    const { processes, holds } = this.settings;
    // Half of it is for the drift of a clock that is set right once, at the start.
    const wallSkewMs = holds === undefined ? undefined : holds.skewMs / 2;
    return new SimulatedProcess(name, this.schedule, random, { ...processes, wallSkewMs }, onThrow);
  }

  /** Hands a message to the network; it runs as a turn of the receiver, should that be alive then. */
  send(
    from: SimulatedProcess,
    to: SimulatedProcess,
    content: Content,
    handle: () => void,
    options: { readonly mayRepeat?: boolean; readonly onDown?: () => void } = {},
  ): void {
    this.links.send({
      from: from.name,
      to: to.name,
      content,
      mayRepeat: options.mayRepeat ?? false,
      leaves: from.leavingTime,
      deliver: () => {
        if (!to.running) {
          this.note(to.name, () => `is down: from ${from.name}: ${describe(content, this.names)} -- LOST`);
          options.onDown?.();
          return;
        }
        to.deliver(to.life, () => {
          this.note(to.name, () => `from ${from.name}: ${describe(content, this.names)}`);
          handle();
        });
      },
    });
  }

  /** One request over HTTP. `done` comes once, in the asking process, unless that dies. */
  call(
    from: SimulatedProcess,
    clock: Clock,
    to: Party,
    ask: Ask,
    timeoutMs: number,
    done: (result: CallResult) => void,
  ): void {
    let open = true;
    const { life } = from;
    const finish = (result: CallResult): void => {
      if (!open || life !== from.life) return;
      open = false;
      cancel();
      done(result);
    };
    const cancel = clock.after(timeoutMs, () => finish({ kind: 'timeout' }));
    const answerWith = (content: Content, result: CallResult): void =>
      this.send(to.process, from, content, () => finish(result));
    const serve = (): void => {
      const served = to.process.life;
      to.serve(ask, timeoutMs, (answered) => {
        if (served === to.process.life && to.process.running)
          answerWith({ kind: 'response', ask, answered }, answered);
      });
    };
    const onDown = (): void => answerWith({ kind: 'refused', ask }, { kind: 'refused' });
    this.send(from, to.process, { kind: 'request', ask }, serve, { onDown });
  }
}
