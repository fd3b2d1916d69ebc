import { Injectable } from '@nestjs/common';
import { type Failure } from '../../core/balancing/rotation.js';
import { Metrics } from '../../platform/metrics.js';

@Injectable()
export class UpstreamMetrics {
  private readonly failures;

  constructor(metrics: Metrics) {
    this.failures = metrics.counter(
      'bazar_upstream_failures_total',
      'Attempts at another role that did not serve the request',
      ['upstream', 'failure'],
    );
  }

  failed(upstream: 'catalog' | 'order', failure: Failure): void {
    this.failures.inc({ upstream, failure });
  }
}
