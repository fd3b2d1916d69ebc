import { CATALOGUE, type BookId } from '../../../src/core/replication/types.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type Answer, type Call, type HistoryItem } from '../history.js';
import { type Ask, type CallResult } from '../messages.js';
import { type World } from '../world.js';
import { type CatalogHost } from './catalog-host.js';
import { toAnswer } from './client.js';
import { FrontEnd } from './front-end.js';

/** How long a request may take once all is healed: waits for leases, and for coordinators that get into each other's way. */
const PATIENCE_LEASES = 3;
const PATIENCE_MS = 1_000;

/**
 * Progress: after all is healed every replica takes a write of every book and a creation, and every replica and front-end answers
 * a look-up of every book and a search, soon. What they answer goes into the history as everything else does.
 */
export class Prober {
  /** Requests not answered yet. */
  open = 0;
  private readonly process: SimulatedProcess;

  constructor(private readonly world: World) {
    this.process = world.newProcess('probe', 99, (thrown) => {
      throw thrown;
    });
    Object.assign(this.process.faults, { stallProbability: 0, clockDrift: 0 });
    this.process.begin();
  }

  probe(hosts: readonly CatalogHost[], frontEnds: readonly FrontEnd[], books: readonly BookId[]): void {
    for (const bookId of books) {
      for (const host of hosts) {
        const operationId = `probe-${host.name}-${bookId}`;
        const operation = { kind: 'restock', operationId, copies: 1 } as const;
        this.ask(host, { kind: 'write', bookId, operation }, () =>
          this.ask(host, { kind: 'look-up', bookId }),
        );
      }
      for (const frontEnd of frontEnds) this.ask(frontEnd, { kind: 'look-up', bookId });
    }
    for (const party of [...hosts, ...frontEnds])
      this.ask(party, { kind: 'search', text: 's', by: this.world.settings.searchBy });
    const book = { title: 'Probe', topic: 'Systems', priceCents: 1, quantity: 1, isbn: null, author: null };
    const operation = { kind: 'create', operationId: 'probe-0', book } as const;
    this.ask(hosts[0] as CatalogHost, { kind: 'write', bookId: CATALOGUE, operation });
  }

  private ask(
    to: CatalogHost | FrontEnd,
    call: Call,
    done: () => void = () => undefined,
    mayRepeat = true,
  ): void {
    const { world, process } = this;
    this.open += 1;
    const item = world.history.call(`probe of ${to.process.name}`, call, world.schedule.now);
    const patienceMs = PATIENCE_MS + PATIENCE_LEASES * world.settings.leaseMs;
    world.call(process, process.clock(), to, toAsk(call), patienceMs, (result) => {
      this.open -= 1;
      const answer = toAnswer(result, false);
      world.history.answer(item, answer, world.schedule.now);
      if (isProgress(result, answer)) done();
      // It may have joined a fetch that began long ago, and failed with that.
      else if (result.kind === 'unavailable' && to instanceof FrontEnd && mayRepeat)
        this.ask(to, call, done, false);
      else this.report(item, result);
    });
  }

  private report({ call, client, index }: HistoryItem, result: CallResult): void {
    const what = call.kind === 'search' ? 'search' : `${call.kind} of book ${call.bookId}`;
    const found = result.kind === 'looked up' || result.kind === 'written' ? result.result.kind : result.kind;
    this.world.violate({ rule: 'no progress', text: `${client}, ${what} (no. ${index}): ${found}` });
  }
}

function isProgress(result: CallResult, answer: Answer): boolean {
  if (result.kind === 'searched') return true;
  if (answer.kind === 'looked up') return answer.result.kind === 'found';
  return answer.kind === 'written' && answer.result.kind === 'decided';
}

function toAsk(call: Call): Ask {
  switch (call.kind) {
    case 'write':
      return { kind: 'submit', bookId: call.bookId, operation: call.operation };
    case 'look-up':
      return { kind: 'look up', frontEndId: null, bookId: call.bookId };
    case 'search':
      return { kind: 'search', text: call.text, by: call.by };
    default:
      return call satisfies never;
  }
}
