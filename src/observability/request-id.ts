import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';
/** Opens receipts, so it must not get into the logs in the guise of an id: clients like to use one number for both. */
const RECEIPT_HEADER = 'idempotency-key';
const ID = String.raw`[\w.:@/+=-]{1,64}`;
const GIVEN = new RegExp(`^${ID}$`);
/** Of a call that is made for several requests: those of all of them. */
const TRAVELLING = new RegExp(`^${ID}(?:,${ID})*$`);
/** Characters of those: as many as a call has operations. */
const LONGEST_TRAVELLING = 256 * 65;

const made = new WeakMap<IncomingMessage, string>();

/** The one that the client gave, if it is well-formed, or else a new one; the same each time for the same request. */
export function requestIdOf(request: IncomingMessage): string {
  const known = made.get(request);
  if (known !== undefined) return known;
  const id = givenRequestId(request) ?? randomUUID();
  made.set(request, id);
  return id;
}

/** As `requestIdOf`, but makes none. */
export function givenRequestId({ headers }: IncomingMessage): string | undefined {
  const given = headers[REQUEST_ID_HEADER];
  if (typeof given !== 'string' || !GIVEN.test(given)) return undefined;
  return given === headers[RECEIPT_HEADER] ? undefined : given;
}

/** Ids as they cross the line. Undefined: they are none. */
export function readRequestIds(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_TRAVELLING) return undefined;
  return TRAVELLING.test(value) ? value : undefined;
}

/** Of several requests, as one text. Undefined: none of them has one. */
export function joinRequestIds(ids: readonly (string | undefined)[]): string | undefined {
  const [first, ...others] = new Set(ids.filter((id) => id !== undefined));
  return first === undefined ? undefined : [first, ...others].join(',');
}

let current: string | undefined;

/**
 * Of the request that this turn of the event loop works for. It holds until the first `await`: who asks others later has to look before
 * that. (An AsyncLocalStorage would hold on; on Node 20 and 22 it makes every promise of the process slower, those of requests that need
 * none as well: ADR 50.)
 */
export function currentRequestId(): string | undefined {
  return current;
}

export function asRequest<T>(id: string | undefined, work: () => T): T {
  const before = current;
  current = id;
  try {
    return work();
  } finally {
    current = before;
  }
}

/** To be asked for before the first `await`: what it is given later still counts as the same request's. */
export function resumeRequest(): <T>(work: () => T) => T {
  const id = current;
  return (work) => asRequest(id, work);
}
