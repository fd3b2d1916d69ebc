import { CATALOGUE, type Operation } from '../../../src/core/replication/types.js';
import { type Clock } from '../../../src/core/replication/ports.js';
import { Prng } from '../engine/prng.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type Answer, type Call, type HistoryItem } from '../history.js';
import { type Ask, type CallResult } from '../messages.js';
import { describeAnswer, describeAsk } from '../trace.js';
import { type Party, type World } from '../world.js';
import { type Workload } from './workload.js';

/** Someone at a browser, or a program: one request after the other, each tried again elsewhere under the same operation id. */
export class Client {
  readonly process: SimulatedProcess;
  private readonly clock: Clock;
  private readonly random: Prng;
  private active = true;
  private open = 0;

  constructor(
    private readonly world: World,
    index: number,
    private readonly workload: Workload,
    private readonly frontEnds: readonly Party[],
    private readonly replicas: readonly Party[],
  ) {
    this.random = new Prng(world.settings.seed, 300 + index);
    this.process = world.newProcess(`c${index + 1}`, 20 + index, (thrown) => {
      throw thrown;
    });
    Object.assign(this.process.faults, { stallProbability: 0, clockDrift: 0, timerLatenessMs: 0 });
    this.process.begin();
    this.clock = this.process.clock();
  }

  start(): void {
    this.clock.after(0.1 + this.random.exponential(this.world.settings.thinkMs), () => {
      if (!this.active) return;
      this.ask(this.workload.next(this.random), () => this.start());
    });
  }

  stop(): void {
    this.active = false;
  }

  get idle(): boolean {
    return this.open === 0;
  }

  /** Sees to it that a first book is there, for as long as it takes. */
  found(operation: Operation): void {
    this.ask({ kind: 'write', bookId: CATALOGUE, operation }, (answer) => {
      if (answer.kind === 'written') return;
      this.open += 1;
      this.clock.after(50, () => {
        this.open -= 1;
        this.found(operation);
      });
    });
  }

  private ask(call: Call, done: (answer: Answer) => void): void {
    const { world } = this;
    this.open += 1;
    const item = world.history.call(this.process.name, call, world.schedule.now);
    const ask = toAsk(call);
    world.note(this.process.name, () => `no. ${item.index}: ${describeAsk(ask)}`);
    this.attempt(item, ask, 1, false, (answer) => {
      this.open -= 1;
      world.history.answer(item, answer, world.schedule.now);
      world.note(this.process.name, () => `no. ${item.index}: ${describeAsk(ask)} -> ${describe(answer)}`);
      this.workload.saw(item);
      done(answer);
    });
  }

  /** `open`: an earlier attempt may have been, or may yet be, applied. */
  private attempt(
    item: HistoryItem,
    ask: Ask,
    attempt: number,
    open: boolean,
    done: (answer: Answer) => void,
  ): void {
    const { patienceMs, attempts, directly } = this.world.settings;
    const target = this.random.pick(this.random.chance(directly) ? this.replicas : this.frontEnds);
    this.world.call(this.process, this.clock, target, ask, patienceMs, (result) => {
      const answer = toAnswer(result, open);
      const settled = answer.kind !== 'refused' && answer.kind !== 'unknown';
      if (settled) return done(answer);
      const stillOpen = ask.kind === 'submit' && answer.kind === 'unknown';
      if (attempt < attempts) return this.attempt(item, ask, attempt + 1, stillOpen, done);
      done(stillOpen ? { kind: 'unknown' } : { kind: 'refused' });
    });
  }
}

function toAsk(call: Call): Ask {
  switch (call.kind) {
    case 'write':
      return { kind: 'submit', bookId: call.bookId, operation: call.operation };
    case 'look-up':
      return { kind: 'look up', bookId: call.bookId, frontEndId: null };
    case 'search':
      return { kind: 'search', text: call.text, by: call.by };
    default:
      return call satisfies never;
  }
}

export function toAnswer(result: CallResult, open: boolean): Answer {
  switch (result.kind) {
    case 'looked up':
      return result.result.kind === 'unavailable'
        ? { kind: 'refused' }
        : { kind: 'looked up', result: result.result };
    case 'searched':
      return { kind: 'searched', books: result.books };
    case 'written': {
      const written = result.result;
      if (written.kind === 'unknown') return { kind: 'unknown' };
      if (written.kind === 'not started') return open ? { kind: 'unknown' } : { kind: 'refused' };
      // The book may be created after this answer and an earlier attempt still be on its way.
      if (written.kind === 'no such book' && open) return { kind: 'unknown' };
      return { kind: 'written', result: written };
    }
    case 'granted':
    case 'timeout':
      return { kind: 'unknown' };
    case 'unavailable':
    case 'refused':
      return open ? { kind: 'unknown' } : { kind: 'refused' };
    default:
      return result satisfies never;
  }
}

function describe(answer: Answer): string {
  if (answer.kind === 'refused' || answer.kind === 'unknown') return answer.kind;
  if (answer.kind === 'searched') return describeAnswer({ ...answer, cacheable: false, session: '' });
  return describeAnswer(answer.kind === 'looked up' ? { ...answer, session: '' } : answer);
}
