import { type InvalidationsRequest } from '../../contract/internal.js';
import { type Invalidation } from '../../core/replication/invalidation.js';

/** Null: the body is not as it should be. By hand, for each write waits for this; acknowledging what was misread would be a stale answer. */
export function parseInvalidations(body: unknown): InvalidationsRequest | null {
  if (!isRecord(body)) return null;
  const { frontEndId, invalidations } = body;
  if (typeof frontEndId !== 'string' || !Array.isArray(invalidations)) return null;
  if (!invalidations.every(isInvalidation)) return null;
  return { frontEndId, invalidations };
}

function isInvalidation(value: unknown): value is Invalidation {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    isListOf('number', value['bookIds']) &&
    isListOf('number', value['retitledIds']) &&
    isListOf('string', value['topics']) &&
    typeof value['unknownIds'] === 'boolean' &&
    typeof value['everySearch'] === 'boolean'
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isListOf(type: 'number' | 'string', value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}
