import { type InvalidationsRequest } from '../../contract/internal.js';
import { type HttpClient, jsonOf } from '../../rpc/http-client.js';
import { type PostInvalidations } from './invalidation-courier.js';
import { type PeerTracing } from './peer-tracing.js';

/** Tells a front-end what to forget, at the address that it gave with its session. */
export function postInvalidations(
  client: Pick<HttpClient, 'request'>,
  timeoutMs: number,
  tracing: PeerTracing | undefined,
): (frontEndId: string, address: string) => PostInvalidations {
  return (frontEndId, address) => async (invalidations) => {
    const body: InvalidationsRequest = { frontEndId, invalidations };
    const observer = tracing?.invalidating(invalidations);
    const answer = await client.request(address, {
      method: 'POST',
      path: '/invalidations',
      body,
      timeoutMs,
      observer,
    });
    return answer.kind === 'answered' && answer.status === 200 ? acknowledgedIn(jsonOf(answer)) : null;
  };
}

function acknowledgedIn(answer: unknown): readonly string[] | null {
  if (typeof answer !== 'object' || answer === null || !('acknowledged' in answer)) return null;
  const { acknowledged } = answer;
  return Array.isArray(acknowledged) ? acknowledged.filter((id) => typeof id === 'string') : null;
}
