import { type Clock } from '../../../src/core/replication/ports.js';
import { Prng } from '../engine/prng.js';
import { SimulatedProcess } from '../engine/process.js';
import { Schedule } from '../engine/schedule.js';
import { type Connection, Database, emptyStored } from './database.js';
import { type Rules } from './rules.js';
import { type Settings } from './settings.js';

/** Everything that all actors of one run share: time, chance, the network, the engine. */
export class World {
  readonly schedule = new Schedule();
  readonly random: Prng;
  readonly violations: string[] = [];
  readonly trace: string[] | null;
  /** Where the primary is now. */
  database: Database;
  /** Directed, `from>to`. */
  private readonly cut = new Set<string>();
  faulty = true;

  constructor(
    readonly settings: Settings,
    readonly rules: Rules,
    tracing: boolean,
  ) {
    this.random = new Prng(settings.seed, 11);
    this.trace = tracing ? [] : null;
    const stored = emptyStored();
    for (let id = 1; id <= settings.books; id += 1) stored.books.set(id, { quantity: 5, titles: 0 });
    this.database = new Database(stored);
  }

  get now(): number {
    return this.schedule.now;
  }

  note(actor: string, text: () => string): void {
    this.trace?.push(`${this.now.toFixed(1).padStart(9)}  ${actor.padEnd(4)} ${text()}`);
  }

  newProcess(name: string, stream: number): SimulatedProcess {
    const random = new Prng(this.settings.seed, 1_000 + stream);
    return new SimulatedProcess(name, this.schedule, random, this.settings.processes, (thrown) => {
      this.violations.push(
        `thrown: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
      );
    });
  }

  cutOff(from: string, to: string): void {
    this.cut.add(`${from}>${to}`);
    this.cut.add(`${to}>${from}`);
  }

  mend(from: string, to: string): void {
    this.cut.delete(`${from}>${to}`);
    this.cut.delete(`${to}>${from}`);
  }

  private delay(): number {
    const { delayMs, straggle } = this.settings;
    const usual = 0.1 + this.random.exponential(delayMs);
    return this.faulty && this.random.chance(straggle)
      ? usual + this.random.exponential(20 * delayMs)
      : usual;
  }

  /** A message between processes: lost, late, overtaken. */
  send(from: SimulatedProcess, to: SimulatedProcess, handle: () => void): void {
    if (this.cut.has(`${from.name}>${to.name}`)) return;
    if (this.faulty && this.random.chance(this.settings.loss)) return;
    const leaves = Math.max(from.leavingTime, this.now);
    this.schedule.at(leaves + this.delay(), () => {
      if (to.running) to.deliver(to.life, handle);
    });
  }

  /** A request: `done` hears null when no answer came in time. */
  call<A>(
    from: SimulatedProcess,
    clock: Clock,
    to: SimulatedProcess,
    timeoutMs: number,
    serve: (reply: (answer: A) => void) => void,
    done: (answer: A | null) => void,
  ): void {
    const { life } = from;
    let open = true;
    const finish = (answer: A | null): void => {
      if (!open || life !== from.life) return;
      open = false;
      cancel();
      done(answer);
    };
    const cancel = clock.after(timeoutMs, () => finish(null));
    this.send(from, to, () => {
      const served = to.life;
      serve((answer) => {
        if (served === to.life && to.running) this.send(to, from, () => finish(answer));
      });
    });
  }

  /**
   * A statement, or several in one message, on a connection of its own stream: nothing overtakes, and what is lost is lost with the connection.
   * `run` is called at the server; what it replies comes back to the client's process.
   */
  statement<A>(
    from: SimulatedProcess,
    database: Database,
    connection: Connection,
    run: (reply: (answer: A) => void) => void,
    done: (answer: A) => void,
  ): void {
    if (this.cut.has(`${from.name}>db`)) return;
    const { life } = from;
    const leaves = Math.max(from.leavingTime, this.now);
    this.schedule.at(leaves + this.delay(), () => {
      if (!connection.open) return;
      connection.idleSince = null;
      run((answer) => {
        if (connection.open) connection.idleSince = this.now;
        if (this.cut.has(`db>${from.name}`)) return;
        this.schedule.after(this.delay(), () => from.deliver(life, () => done(answer)));
      });
    });
  }

  /** How long a statement takes at the server. */
  work(then: () => void): void {
    this.schedule.after(this.random.exponential(this.settings.workMs), then);
  }
}
