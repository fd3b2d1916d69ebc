import { type OrderConfig } from '../config/index.js';
import { type HttpClient } from '../platform/http-client.js';
import { type ReadinessCheck } from '../platform/readiness.js';

/** Under the second in which a readiness check has to answer. */
const LONGEST_MS = 800;

/** An order server is ready when a catalog that it may sell through is. */
export function catalogReadiness(
  client: Pick<HttpClient, 'request'>,
  { catalogAddresses, requestTimeoutMs }: Pick<OrderConfig, 'catalogAddresses' | 'requestTimeoutMs'>,
): ReadinessCheck {
  const timeoutMs = Math.min(requestTimeoutMs, LONGEST_MS / catalogAddresses.length);
  return async () => {
    // Its own first: the stand-ins are asked only when that one is not ready.
    for (const origin of catalogAddresses) {
      const answer = await client.request(origin, { method: 'GET', path: '/health/ready', timeoutMs });
      if (answer.kind === 'answered' && answer.status === 200) return { ready: true };
    }
    return { ready: false, reason: 'no catalog is ready' };
  };
}
