import { type CallResult } from '../contract/call.js';
import { type SpanPart } from '../observability/tracing/span.js';

/** A call as those who look at traces see it, from the side that asks. */
export function attemptAt(address: string, name: string): SpanPart {
  return { name, kind: 'client', attributes: { 'rpc.method': name, 'server.address': address } };
}

/** Undefined: it was answered, whatever the answer says. */
export function failureOf(result: CallResult<unknown>): string | undefined {
  return result.kind === 'answered' ? undefined : `${result.kind}: ${result.reason}`;
}
