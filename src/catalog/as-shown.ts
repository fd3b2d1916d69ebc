import { type ReadResult } from '../core/replication/results.js';

/** V1: what everybody but an administrator is told, namely of a hidden book that there is none. */
export function asShown(result: ReadResult): ReadResult {
  const isHidden = result.kind === 'found' && result.book.hidden === true;
  return isHidden ? { kind: 'not found', cacheable: result.cacheable } : result;
}
