import {
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import {
  failOver,
  type FailOverParts,
  type FailOverRequest,
  type Reached,
} from '../../core/balancing/fail-over.js';
import { HedgeBudget } from '../../core/balancing/hedge-budget.js';
import { ReplicaSelector } from '../../core/balancing/replica-selector.js';
import { RetryBudget } from '../../core/balancing/retry-budget.js';
import { type EndpointView } from '../../contract/ops.js';
import { SystemClock } from '../../runtime/clock.js';
import { Readiness, type ReadinessState } from '../../observability/readiness.js';
import { readinessNotice } from '../../contract/watching.js';
import { type PolledReadiness } from '../../core/balancing/endpoint-health.js';
import { RpcHandlers } from '../handlers.js';
import { Rpc } from '../rpc.js';
import { ReadinessWatch } from './readiness-watch.js';
import { type UpstreamRole, UpstreamMetrics } from './upstream.metrics.js';

/** The replicas of another role: which of them are well, and requests to whichever serves them. */
export class Upstream {
  constructor(private readonly parts: FailOverParts) {}

  request<R, T>(request: FailOverRequest<R, T>): Promise<Reached<T>> {
    return failOver(this.parts, request);
  }

  get endpoints(): readonly string[] {
    return this.parts.selector.endpoints;
  }

  /** Whether one of them at least was found ready. */
  readiness(): ReadinessState {
    const { selector, clock } = this.parts;
    const states = selector.states(clock.monotonicMs());
    const ready = states.filter((state) => state.ready).length;
    if (ready === 0) return { ready: false, reason: `none of ${states.length} is ready` };
    return { ready: true, details: { ready, of: states.length } };
  }
}

/** The upstreams of this process, and what is heard of their readiness. */
@Injectable()
export class Upstreams implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly known = new Map<
    UpstreamRole,
    { readonly upstream: Upstream; readonly selector: ReplicaSelector }
  >();
  private readonly watches: ReadinessWatch[] = [];

  constructor(
    private readonly rpc: Rpc,
    private readonly handlers: RpcHandlers,
    private readonly readiness: Readiness,
    private readonly clock: SystemClock,
    private readonly metrics: UpstreamMetrics,
  ) {}

  /** The same one each time: all who ask a role share what they learn of it. */
  to(role: UpstreamRole, addresses: readonly string[]): Upstream {
    const known = this.known.get(role);
    if (known !== undefined) return known.upstream;
    const { clock } = this;
    const selector = new ReplicaSelector(addresses);
    const upstream = new Upstream({
      selector,
      retries: new RetryBudget(),
      hedges: new HedgeBudget(),
      clock,
      random: { fraction: () => Math.random() },
      observer: this.metrics.observe(role, () => selector.states(clock.monotonicMs())),
    });
    this.known.set(role, { upstream, selector });
    return upstream;
  }

  /** Every endpoint that this process asks, and how it stands here. */
  views(): EndpointView[] {
    const now = this.clock.monotonicMs();
    return [...this.known.values()].flatMap(({ selector }) =>
      selector.states(now).map(({ endpoint, availability }) => ({ address: endpoint, availability })),
    );
  }

  onModuleInit(): void {
    this.handlers.hear(readinessNotice, ({ state }, { id }) => {
      for (const watch of this.watches) if (watch.isOf(id)) watch.heard(state);
    });
  }

  onApplicationBootstrap(): void {
    for (const { upstream, selector } of this.known.values()) {
      for (const endpoint of selector.endpoints) {
        const watch = new ReadinessWatch(this.rpc.to(endpoint), this.clock, (found) =>
          this.heard(upstream, selector, endpoint, found),
        );
        this.watches.push(watch);
        watch.start();
      }
    }
  }

  /** Not sooner: requests are still sent while it drains. */
  onApplicationShutdown(): void {
    for (const watch of this.watches.splice(0)) watch.stop();
  }

  private heard(
    upstream: Upstream,
    selector: ReplicaSelector,
    endpoint: string,
    found: PolledReadiness,
  ): void {
    const { ready } = upstream.readiness();
    selector.polled(endpoint, found, this.clock.monotonicMs());
    if (upstream.readiness().ready !== ready) this.readiness.changed();
  }
}
