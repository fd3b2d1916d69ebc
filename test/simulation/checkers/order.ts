import { CATALOGUE, type Book, type BookId } from '../../../src/core/replication/types.js';
import { foldSearch } from '../../../src/core/text/fold.js';
import { type HistoryItem, type SearchBy, type Violation } from '../history.js';
import { sameBook } from './book-model.js';
import { type LedgerOracle } from './ledger-oracle.js';

/** More than an entry can hold operations. */
const PLACES_PER_ENTRY = 100_000;

/**
 * One thing that a client saw of one record, against the ledger: the places at which it may have happened, in rising order.
 * A write happens at its place in its entry, a look-up after the last operation of an entry whose state it shows.
 */
export interface Sighting {
  readonly item: HistoryItem;
  readonly places: readonly number[];
}

export function writePlace(sequenceNumber: number, index: number): number {
  return sequenceNumber * PLACES_PER_ENTRY + index;
}

export function readPlace(sequenceNumber: number): number {
  return (sequenceNumber + 1) * PLACES_PER_ENTRY - 1;
}

/**
 * Whether every sighting can have happened between its call and its answer, in the ledger's order. The earliest place that
 * is left is always the best choice, so that one pass decides it exactly. Answers the first sighting that has none.
 */
export function firstOutOfOrder(
  sightings: readonly Sighting[],
): { sighting: Sighting; after: number } | null {
  const byStart = [...sightings].sort((a, b) => a.item.start - b.item.start);
  const byEnd = [...sightings].sort((a, b) => a.item.end - b.item.end);
  const places = new Map<Sighting, number>();
  let ended = 0;
  let lowest = -Infinity;
  for (const sighting of byStart) {
    for (; ended < byEnd.length; ended += 1) {
      const earlier = byEnd[ended] as Sighting;
      if (earlier.item.end >= sighting.item.start) break;
      lowest = Math.max(lowest, places.get(earlier) ?? -Infinity);
    }
    const place = sighting.places.find((candidate) => candidate >= lowest);
    if (place === undefined) return { sighting, after: lowest };
    places.set(sighting, place);
  }
  return null;
}

/** Real-time order of all that clients saw of each record, against the ledger: exact, and nearly linear. */
export function checkOrder(items: readonly HistoryItem[], oracle: LedgerOracle): Violation[] {
  const violations: Violation[] = [];
  for (const bookId of oracle.ledgers.keys()) {
    const sightings = items.flatMap((item) => sight(item, bookId, oracle, violations));
    const wrong = firstOutOfOrder(sightings);
    if (wrong === null) continue;
    const { sighting, after } = wrong;
    const seen = Math.floor(after / PLACES_PER_ENTRY);
    violations.push({
      rule: sighting.item.call.kind === 'search' ? 'stale search' : 'real-time order',
      bookId,
      text:
        `book ${bookId}: ${describe(sighting)} began at ${sighting.item.start.toFixed(1)}, ` +
        `when entry ${seen} had been seen`,
    });
  }
  return violations;
}

function describe({ item, places }: Sighting): string {
  const at = places.map((place) => Math.floor(place / PLACES_PER_ENTRY)).join(' or ');
  return `${item.client}'s ${item.call.kind} (no. ${item.index}) of entry ${at}`;
}

function sight(item: HistoryItem, bookId: BookId, oracle: LedgerOracle, violations: Violation[]): Sighting[] {
  const { call, answer } = item;
  if (answer === null) return [];
  switch (call.kind) {
    case 'write':
      return sightWrite(item, bookId, oracle);
    case 'look-up':
      return answer.kind === 'looked up' ? sightLookUp(item, bookId, oracle, violations) : [];
    case 'search':
      if (answer.kind !== 'searched') return [];
      return call.by === 'words'
        ? sightFound(item, bookId, oracle, violations)
        : sightSearch(item, bookId, oracle, violations);
    default:
      return call satisfies never;
  }
}

/** Acknowledged and indefinite writes alike: both lie between their call and their end, which may be infinite. */
function sightWrite(item: HistoryItem, bookId: BookId, oracle: LedgerOracle): Sighting[] {
  if (item.call.kind !== 'write') return [];
  const { operation } = item.call;
  const noSuchBook = item.answer?.kind === 'written' && item.answer.result.kind === 'no such book';
  const place = oracle.places.get(operation.operationId);
  // Who would buy what is hidden is told so, too: that stands in the ledger.
  const isHidden = place?.outcome.kind === 'hidden';
  if (noSuchBook && !isHidden && item.call.bookId === bookId) return [{ item, places: [readPlace(-1)] }];
  if (place === undefined) return [];
  if (place.bookId === bookId) return [{ item, places: [writePlace(place.sequenceNumber, place.index)] }];
  const creates = place.bookId === CATALOGUE && 'bookId' in place.outcome && place.outcome.bookId === bookId;
  if (!creates) return [];
  // That a book is there already is a sight of it; whoever created it made its entry 0.
  return place.outcome.kind === 'created'
    ? [{ item, places: [writePlace(0, 0)] }]
    : [{ item, places: oracle.ledgerOf(bookId).entries.map((entry) => readPlace(entry.sequenceNumber)) }];
}

function sightLookUp(
  item: HistoryItem,
  bookId: BookId,
  oracle: LedgerOracle,
  violations: Violation[],
): Sighting[] {
  if (item.call.kind !== 'look-up' || item.answer?.kind !== 'looked up') return [];
  const { result } = item.answer;
  if (bookId === CATALOGUE) return sightExistence(item, item.call.bookId, result.kind === 'found', oracle);
  if (item.call.bookId !== bookId || result.kind === 'unavailable') return [];
  if (result.kind === 'not found') return [{ item, places: [readPlace(-1)] }];
  const { books, versions } = oracle.ledgerOf(bookId);
  const { sequenceNumber: version } = result;
  const book = versions[version] === version ? (books[version] ?? null) : null;
  if (book === null || !sameBook(book, result.book)) {
    const text = `${item.client} saw ${JSON.stringify(result.book)} at ${result.sequenceNumber}, which never was`;
    violations.push({ rule: 'real-time order', bookId, text: `book ${bookId}: ${text}` });
    return [];
  }
  // Refusals after it leave the book as it is.
  const places = versions.flatMap((each, number) => (each === version ? [readPlace(number)] : []));
  return [{ item, places }];
}

/** A look-up as a read of record 0: after, or before, the entry that created the book. */
function sightExistence(item: HistoryItem, looked: BookId, found: boolean, oracle: LedgerOracle): Sighting[] {
  const { first, entries } = oracle.ledgerOf(CATALOGUE);
  const creation = entries.findIndex((entry) =>
    entry.decided.some(({ outcome }) => outcome.kind === 'created' && outcome.bookId === looked),
  );
  if (creation === -1) return [];
  const places = [readPlace(first - 1), ...entries.map((entry) => readPlace(entry.sequenceNumber))];
  return [{ item, places: found ? places.slice(creation + 1) : places.slice(0, creation + 1) }];
}

/** A search shows one book as it was after some entry, or that it did not match then. */
function sightSearch(
  item: HistoryItem,
  bookId: BookId,
  oracle: LedgerOracle,
  violations: Violation[],
): Sighting[] {
  if (item.call.kind !== 'search' || item.answer?.kind !== 'searched' || bookId === CATALOGUE) return [];
  const { text } = item.call;
  const shown = item.answer.books.find((book) => book.id === bookId) ?? null;
  const fits = (book: Book): boolean =>
    shown === null
      ? !matches(book, text, 'topic')
      : matches(book, text, 'topic') && book.title === shown.title && book.topic === shown.topic;
  const { books } = oracle.ledgerOf(bookId);
  const places = books.flatMap((book, index) => (book !== null && fits(book) ? [readPlace(index)] : []));
  if (shown === null) places.unshift(readPlace(-1));
  if (places.length === 0) {
    const words = `${item.client}'s search for ${text} showed what never was: ${JSON.stringify(shown)}`;
    violations.push({ rule: 'stale search', bookId, text: `book ${bookId}: ${words}` });
    return [];
  }
  return [{ item, places }];
}

/**
 * A search by words says of each book whether it was found, and of those what its own look-up shows: both as they were at some
 * moment between call and answer, which need not be the same one. A replica asked itself shows no look-ups.
 */
function sightFound(
  item: HistoryItem,
  bookId: BookId,
  oracle: LedgerOracle,
  violations: Violation[],
): Sighting[] {
  if (item.call.kind !== 'search' || item.answer?.kind !== 'searched' || bookId === CATALOGUE) return [];
  const { text } = item.call;
  const shown = item.answer.books.find((book) => book.id === bookId) ?? null;
  const { books } = oracle.ledgerOf(bookId);
  const placesOf = (fits: (book: Book) => boolean): number[] =>
    books.flatMap((book, index) => (book !== null && fits(book) ? [readPlace(index)] : []));
  const found = placesOf((book) => matches(book, text, 'words') === (shown !== null));
  if (shown === null) return [{ item, places: [readPlace(-1), ...found] }];
  const { title, topic, looked } = shown;
  const seen = placesOf(
    (book) =>
      book.title === title &&
      book.topic === topic &&
      (looked === undefined || (book.priceCents === looked.priceCents && book.quantity === looked.quantity)),
  );
  if (found.length === 0 || seen.length === 0) {
    const words = `${item.client}'s search for ${text} showed what never was: ${JSON.stringify(shown)}`;
    violations.push({ rule: 'stale search', bookId, text: `book ${bookId}: ${words}` });
    return [];
  }
  return [
    { item, places: found },
    { item, places: seen },
  ];
}

export function matches({ title, topic, hidden }: Book, text: string, by: SearchBy): boolean {
  if (hidden === true) return false;
  const searched = by === 'topic' ? topic : `${title} ${topic}`;
  return foldSearch(searched).includes(foldSearch(text));
}
