import { GatewayTimeoutException, type HttpException, ServiceUnavailableException } from '@nestjs/common';
import { type SubmitResult } from '../../core/replication/results.js';
import { Overloaded } from '../../http/overload/overloaded.js';

export const NOT_FOUND = 'Not found';
export const UNAVAILABLE =
  'This replica cannot answer now: it is not caught up, or reaches no majority of the others';

/** A read that this replica cannot serve now; another one may. */
export function unavailable(): HttpException {
  return new ServiceUnavailableException({ message: UNAVAILABLE });
}

/** An operation without an outcome: definite when it was not started, else nobody knows. */
export function undecided(result: Extract<SubmitResult, { kind: 'not started' | 'unknown' }>): HttpException {
  if (result.kind === 'unknown') {
    const message = 'The outcome is unknown: the write may have happened, or may yet';
    return new GatewayTimeoutException({ message, outcome: 'unknown' });
  }
  switch (result.reason) {
    case 'not ready':
      return unavailable();
    case 'busy':
      return new Overloaded('This replica is busy; nothing was changed');
    case 'deadline':
      return new GatewayTimeoutException({ message: 'There was no time left; nothing was changed' });
    default:
      return result.reason satisfies never;
  }
}
