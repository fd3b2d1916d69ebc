import { Injectable } from '@nestjs/common';
import { type FailOverObserver } from '../../core/balancing/fail-over.js';
import { type EndpointState } from '../../core/balancing/replica-selector.js';
import { Metrics } from '../../observability/metrics.js';

export type UpstreamRole = 'catalog' | 'order';

@Injectable()
export class UpstreamMetrics {
  private readonly failures;
  private readonly hedges;
  private readonly retries;
  private readonly refusals;
  private readonly watched = new Map<UpstreamRole, () => readonly EndpointState[]>();

  constructor(metrics: Metrics) {
    this.failures = metrics.counter(
      'bazar_upstream_failures_total',
      'Attempts at another role that did not serve the request',
      ['upstream', 'failure'],
    );
    this.hedges = metrics.counter(
      'bazar_upstream_hedges_total',
      'Requests asked of a second replica as well, because the first took long',
      ['upstream'],
    );
    this.retries = metrics.counter(
      'bazar_upstream_retries_total',
      'Attempts again after one that may have cost a replica work',
      ['upstream'],
    );
    this.refusals = metrics.counter(
      'bazar_upstream_budget_refusals_total',
      'Hedges and retries that their budgets did not allow',
      ['upstream', 'attempt'],
    );
    metrics.gauges(
      'bazar_upstream_endpoint',
      'Endpoints of another role by how they stand; 1 for the state that each is in',
      ['upstream', 'endpoint', 'state'],
      () =>
        [...this.watched].flatMap(([upstream, states]) =>
          states().map(({ endpoint, availability: state }) => ({
            labels: { upstream, endpoint, state },
            value: 1,
          })),
        ),
    );
  }

  observe(upstream: UpstreamRole, states: () => readonly EndpointState[]): FailOverObserver {
    this.watched.set(upstream, states);
    return {
      failed: (failure) => this.failures.inc({ upstream, failure }),
      hedged: () => this.hedges.inc({ upstream }),
      retried: () => this.retries.inc({ upstream }),
      budgetRefused: (attempt) => this.refusals.inc({ upstream, attempt }),
    };
  }
}
