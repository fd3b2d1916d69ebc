import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  failOver,
  type FailOverParts,
  type FailOverRequest,
  type Reached,
} from '../../core/balancing/fail-over.js';
import { HedgeBudget } from '../../core/balancing/hedge-budget.js';
import { ReplicaSelector } from '../../core/balancing/replica-selector.js';
import { RetryBudget } from '../../core/balancing/retry-budget.js';
import { type EndpointView } from '../../contract/operations.js';
import { SystemClock } from '../../runtime/clock.js';
import { type ReadinessState } from '../../observability/readiness.js';
import { pollReadiness, PollClient } from './readiness-poll.js';
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

/** The upstreams of this process, and the looks at their readiness. */
@Injectable()
export class Upstreams implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly known = new Map<
    UpstreamRole,
    { readonly upstream: Upstream; readonly selector: ReplicaSelector }
  >();
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly client: PollClient,
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

  onApplicationBootstrap(): void {
    for (const { selector } of this.known.values()) {
      for (const endpoint of selector.endpoints) {
        this.stops.push(
          pollReadiness(this.client, this.clock, endpoint, (found) =>
            selector.polled(endpoint, found, this.clock.monotonicMs()),
          ),
        );
      }
    }
  }

  /** Not sooner: requests are still sent while it drains. */
  onApplicationShutdown(): void {
    for (const stop of this.stops.splice(0)) stop();
  }
}
