import { Injectable } from '@nestjs/common';
import { type PolledReadiness } from '../../core/balancing/endpoint-health.js';
import { type Clock } from '../../core/replication/ports.js';
import { isStopping } from '../../observability/readiness-answer.js';
import { HttpClient, type HttpClientLimits, type HttpResult, jsonOf } from '../http-client.js';

/** A replica that stops is left within this time. */
const PERIOD_MS = 250;
/** Below the period, so that looks never overlap. */
const TIMEOUT_MS = 200;

/** Connections of its own: a look must not wait behind requests that hang. */
@Injectable()
export class PollClient extends HttpClient {
  /** Anybody may ask for readiness, and whoever took over an address would hear the secret each time. */
  protected override readonly authorization = null;
  protected override readonly limits: HttpClientLimits = {
    connectionsPerOrigin: 1,
    requestsPerOrigin: 4,
    origins: 256,
    answerBytes: 64 * 1024,
  };
}

/** Looks at an endpoint's `/health/ready` again and again (an active health check). The answer stops it. */
export function pollReadiness(
  client: Pick<HttpClient, 'request'>,
  clock: Pick<Clock, 'after'>,
  endpoint: string,
  tell: (found: PolledReadiness) => void,
): () => void {
  let stopped = false;
  let cancel: () => void = () => undefined;
  const look = async (): Promise<void> => {
    cancel = clock.after(PERIOD_MS, () => void look());
    const result = await client.request(endpoint, {
      method: 'GET',
      path: '/health/ready',
      timeoutMs: TIMEOUT_MS,
    });
    if (!stopped) tell(foundIn(result));
  };
  void look();
  return () => {
    stopped = true;
    cancel();
  };
}

function foundIn(result: HttpResult): PolledReadiness {
  switch (result.kind) {
    case 'refused':
      return 'refused';
    case 'lost':
      return 'silent';
    case 'answered':
      if (result.status === 200) return 'ready';
      return isStopping(jsonOf(result)) ? 'stopping' : 'not ready';
    default:
      return result satisfies never;
  }
}
