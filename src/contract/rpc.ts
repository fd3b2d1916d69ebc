/**
 * Every call between the roles, once: both sides import it, and what crosses the line is read by its shapes. What each failure means
 * stands with `CallResult`: all of these may be asked again elsewhere, for they are reads or bear operation ids.
 */
import { CATALOGUE } from '../core/replication/types.js';
import { type SubmitResult } from '../core/replication/results.js';
import { BOOK_LIMITS } from './book-limits.js';
import { type Call } from './call.js';
import { readItem, submitResult } from './operation-shapes.js';
import {
  MAX_OPERATIONS,
  type OperationsRequest,
  type OperationsResponse,
  type SaleRequest,
} from './internal.js';
import { flag, listOf, nullable, record, text, variants, whole } from './shapes.js';

/** To a catalog: each stands for itself and is applied at most once; results come in the order asked. */
export const submitCall: Call<OperationsRequest, OperationsResponse> = {
  name: 'submit',
  audience: 'roles',
  vital: false,
  request: record<OperationsRequest>({ operations: listOf(readItem, MAX_OPERATIONS) }),
  answer: record<OperationsResponse>({ results: listOf(submitResult, MAX_OPERATIONS) }),
};

/** What an order server says of a sale. */
export type SaleAnswer =
  | SubmitResult
  /** No catalog could be reached; `mayHaveSold`: one of them may have got it all the same. */
  | { readonly kind: 'unreachable'; readonly mayHaveSold: boolean }
  /** Definite: the catalogs that could be reached had too much to do. */
  | { readonly kind: 'overloaded' };

/** To an order server. Asked again elsewhere, or of two at once, it bears the same operation id, so it sells once. */
export const sellCall: Call<SaleRequest, SaleAnswer> = {
  name: 'sell',
  audience: 'roles',
  vital: false,
  request: record<SaleRequest>({
    bookId: whole(CATALOGUE + 1, Number.MAX_SAFE_INTEGER),
    operationId: text(1, BOOK_LIMITS.operationIdLength),
    copies: whole(1, BOOK_LIMITS.quantity),
    expectedPriceCents: nullable(whole(0, BOOK_LIMITS.priceCents)),
  }),
  answer: saleAnswer(),
};

function saleAnswer(): Call<SaleRequest, SaleAnswer>['answer'] {
  const other = variants<Exclude<SaleAnswer, SubmitResult>>({
    unreachable: record({ mayHaveSold: flag }),
    overloaded: record({}),
  });
  return (value) => {
    const kind = (value as { kind?: unknown } | null)?.kind;
    return kind === 'unreachable' || kind === 'overloaded' ? other(value) : submitResult(value);
  };
}
