import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { givenRequestId, joinRequestIds } from './request-id.js';
import { joinSpans, type Span } from './tracing/span.js';

/** On whose behalf something is done: goes along with what is asked of other roles. */
export interface RequestContext {
  /** Of the request; of several, those of all of them (`joinRequestIds`). */
  readonly ids: string | undefined;
  /** What is asked on its behalf is part of it; undefined: it is not traced. */
  readonly span: Span | undefined;
}

const known = new WeakMap<IncomingMessage, RequestContext & { readonly ids: string }>();

/** The same each time for the same request. Its id is the one that the client gave, if that is well-formed, or else a new one. */
export function contextOf(request: IncomingMessage): RequestContext & { readonly ids: string } {
  return known.get(request) ?? beginRequest(request, undefined);
}

/** Undefined: nobody has asked for it so far. */
export function knownContextOf(request: IncomingMessage): RequestContext | undefined {
  return known.get(request);
}

export function requestIdOf(request: IncomingMessage): string {
  return contextOf(request).ids;
}

/** Before anybody asks for its context. */
export function beginRequest(request: IncomingMessage, span: Span | undefined) {
  const context = { ids: givenRequestId(request) ?? randomUUID(), span };
  known.set(request, context);
  return context;
}

/** Of what is done for several requests at once. */
export function joinContexts(contexts: readonly (RequestContext | undefined)[]): RequestContext | undefined {
  const [first] = contexts;
  if (contexts.length === 1) return first;
  const ids = joinRequestIds(contexts.map((context) => context?.ids));
  const span = joinSpans(contexts.map((context) => context?.span));
  return ids === undefined && span === undefined ? undefined : { ids, span };
}

let current: RequestContext | undefined;

/**
 * That of the request for which this turn of the event loop works. It holds until the first `await`: who asks others later has to look before
 * that. (An AsyncLocalStorage would hold on; on Node 20 and 22 it makes every promise of the process slower, those of requests that need
 * none as well: ADR 50.)
 */
export function currentRequest(): RequestContext | undefined {
  return current;
}

export function asRequest<T>(context: RequestContext | undefined, work: () => T): T {
  const before = current;
  current = context;
  try {
    return work();
  } finally {
    current = before;
  }
}

/** To be asked for before the first `await`: what it is given later still counts as the same request's. */
export function resumeRequest(): <T>(work: () => T) => T {
  const context = current;
  return (work) => asRequest(context, work);
}
