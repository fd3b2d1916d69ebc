import { Injectable } from '@nestjs/common';
import { type Counter } from 'prom-client';
import { type SubmitResult } from '../core/replication/results.js';
import { Metrics } from '../observability/metrics.js';

/** What callers hand to this catalog, whatever its engine. */
@Injectable()
export class OperationMetrics {
  private readonly operations: Counter<'result'>;
  /** Looking a label up costs more than counting. The kinds of outcomes bound their number. */
  private readonly bound = new Map<string, Counter.Internal>();

  constructor(metrics: Metrics) {
    this.operations = metrics.counter(
      'bazar_catalog_operations_total',
      'Operations handed to this replica, by what became of them',
      ['result'],
    );
  }

  count(result: SubmitResult): void {
    const label = result.kind === 'decided' ? result.outcome.kind : result.kind;
    let counter = this.bound.get(label);
    if (counter === undefined) {
      counter = this.operations.labels(label);
      this.bound.set(label, counter);
    }
    counter.inc();
  }
}
