import { type BookId } from '../../../core/replication/types.js';
import { type FoundBooks } from '../catalogue-index.js';
import { type BookCursor, cursorOf } from './cursors.js';
import { comparePlaces, type Place } from './ranking.js';

type Page = Extract<FoundBooks, { kind: 'found' }>;

/** Of ids in their order, one more than the page holds if there are more. `cursorAt` null: there is no next page. */
export function pageOf(
  limit: number,
  ids: readonly BookId[],
  cursorAt: ((last: BookId) => string) | null,
): Pick<Page, 'ids' | 'next'> {
  const shown = ids.slice(0, limit);
  const last = shown.at(-1);
  const next = ids.length > limit && last !== undefined && cursorAt !== null ? cursorAt(last) : null;
  return { ids: shown, next };
}

/** Of places in order; behind the last of them come, if there are `more`, those that were not judged. */
export function pageOfPlaces(
  limit: number,
  places: readonly Place[],
  cursor: BookCursor | null,
  more: boolean,
): Pick<Page, 'ids' | 'next'> {
  const from = cursor?.kind === 'place' ? places.findIndex((place) => comparePlaces(place, cursor) > 0) : 0;
  const left = from === -1 ? [] : places.slice(from);
  const shown = left.slice(0, limit);
  const last = shown.at(-1);
  const rest = more ? cursorOf({ kind: 'id', id: 0 }) : null;
  const next = left.length > limit && last !== undefined ? cursorOf({ kind: 'place', ...last }) : rest;
  return { ids: shown.map(({ id }) => id), next };
}
