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
  const timeoutMs = Math.min(requestTimeoutMs, LONGEST_MS);
  return async () => {
    const answers = await Promise.all(
      catalogAddresses.map((origin) =>
        client.request(origin, { method: 'GET', path: '/health/ready', timeoutMs }),
      ),
    );
    const isReady = answers.some((answer) => answer.kind === 'answered' && answer.status === 200);
    return isReady ? { ready: true } : { ready: false, reason: 'no catalog is ready' };
  };
}
