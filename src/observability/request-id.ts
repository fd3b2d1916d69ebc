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

/** The one that the client gave; undefined: none that is well-formed. */
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
