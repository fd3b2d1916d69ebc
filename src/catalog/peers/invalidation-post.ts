import { invalidateCall } from '../../contract/rpc.js';
import { type Rpc } from '../../rpc/rpc.js';
import { type PostInvalidations } from './invalidation-courier.js';
import { attemptAt, failureOf } from '../../rpc/call-spans.js';
import { type PeerSpans } from './peer-spans.js';
import { type PeerTracing } from './peer-tracing.js';

/** Tells a front-end what to forget, over the line that it has opened to this catalog. */
export function postInvalidations(
  rpc: Pick<Rpc, 'openedBy'>,
  timeoutMs: number,
  tracing: PeerTracing,
  spans: PeerSpans,
): (frontEndId: string, address: string) => PostInvalidations {
  return (frontEndId, address) => async (invalidations) => {
    const connection = rpc.openedBy(frontEndId);
    if (connection === undefined) return null;
    const observed = tracing.invalidating(invalidations)?.attempt(address);
    const trace = observed?.header;
    const span = spans
      .about(invalidations.flatMap(({ bookIds }) => bookIds))
      ?.begin(attemptAt(address, invalidateCall.name));
    const options = { timeoutMs, trace, parents: span?.parents };
    const result = await connection.call(invalidateCall, { invalidations }, options);
    observed?.ended(result);
    span?.end({ failure: failureOf(result) });
    return result.kind === 'answered' ? result.answer.acknowledged : null;
  };
}
