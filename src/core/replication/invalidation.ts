import { CATALOGUE, type Book, type BookChanges, type BookId, type Entry } from './types.js';

/** What a front-end has to forget before a write may be acknowledged (F3, F4). */
export interface Invalidation {
  /** Does not repeat after a restart: `<replicaId>.<startNumber>.<counter>`. */
  readonly id: string;
  /** Cached look-ups of these ids. */
  readonly bookIds: readonly BookId[];
  /** Books of which changes what they are found by, hidden ones too: searches that show one of them. */
  readonly retitledIds: readonly BookId[];
  /** Topics that a book is created in, moved into or shown in again: searches whose text one of them contains. */
  readonly topics: readonly string[];
  /** Books are created: every cached look-up of an id that did not exist. */
  readonly unknownIds: boolean;
  /** The content is not known (a barred book): forget every search as well. */
  readonly everySearch: boolean;
}

export type Effect = Omit<Invalidation, 'id'>;

/** What searches show of a book, and find it by. */
const FOUND_BY = ['title', 'topic', 'author', 'isbn', 'hidden'] as const satisfies (keyof BookChanges)[];

/** The effect of an entry on caches. `before` is the book that the entry follows. */
export function effectOf(bookId: BookId, entry: Entry, before: Book | null): Effect {
  const topics = new Set<string>();
  let retitled = false;
  for (const { operation, outcome } of entry.decided) {
    if (operation.kind === 'create' && outcome.kind === 'created') topics.add(operation.book.topic);
    if (operation.kind !== 'edit' || outcome.kind !== 'edited') continue;
    const { changes } = operation;
    retitled ||= FOUND_BY.some((field) => changes[field] !== undefined && changes[field] !== before?.[field]);
    if (changes.topic !== undefined && changes.topic !== before?.topic) topics.add(changes.topic);
    // What comes back is shown by searches that knew nothing of it.
    if (changes.hidden === false && before !== null) topics.add(changes.topic ?? before.topic);
  }
  const isCatalogue = bookId === CATALOGUE;
  return {
    bookIds: isCatalogue ? [] : [bookId],
    retitledIds: retitled ? [bookId] : [],
    topics: [...topics],
    unknownIds: isCatalogue,
    everySearch: false,
  };
}

/** The effect of an entry that is pending elsewhere and not known here (R4). */
export function unknownEffect(bookId: BookId, titles: boolean): Effect {
  const isCatalogue = bookId === CATALOGUE;
  return {
    bookIds: isCatalogue ? [] : [bookId],
    retitledIds: [],
    topics: [],
    unknownIds: isCatalogue,
    everySearch: titles,
  };
}

/** Whether it empties no search, and no look-up of a book that there was not. */
export function concernsLookUpsOnly({ retitledIds, topics, unknownIds, everySearch }: Effect): boolean {
  return retitledIds.length + topics.length === 0 && !unknownIds && !everySearch;
}

/** Whether an entry can change what searches answer: it creates books, or changes what one is found by. */
export function touchesTitles(bookId: BookId, entry: Entry): boolean {
  if (bookId === CATALOGUE) return true;
  return entry.decided.some(
    ({ operation, outcome }) =>
      operation.kind === 'edit' &&
      outcome.kind === 'edited' &&
      FOUND_BY.some((field) => operation.changes[field] !== undefined),
  );
}
