import { CATALOGUE, type Book, type BookId, type Entry } from './types.js';

/** What a front-end has to forget before a write may be acknowledged (F3, F4). */
export interface Invalidation {
  /** Does not repeat after a restart: `<replicaId>.<startNumber>.<counter>`. */
  readonly id: string;
  /** Cached look-ups of these ids. */
  readonly bookIds: readonly BookId[];
  /** Books whose title or topic changes: searches that show one of them. */
  readonly retitledIds: readonly BookId[];
  /** Topics that a book is created in or moved into: searches whose text one of them contains. */
  readonly topics: readonly string[];
  /** Books are created: every cached look-up of an id that did not exist. */
  readonly unknownIds: boolean;
  /** The content is not known (a barred book): forget every search as well. */
  readonly everySearch: boolean;
}

export type Effect = Omit<Invalidation, 'id'>;

/** The effect of an entry on caches. `before` is the book that the entry follows. */
export function effectOf(bookId: BookId, entry: Entry, before: Book | null): Effect {
  const topics = new Set<string>();
  let retitled = false;
  for (const { operation, outcome } of entry.decided) {
    if (operation.kind === 'create' && outcome.kind === 'created') topics.add(operation.book.topic);
    if (operation.kind !== 'edit' || outcome.kind !== 'edited') continue;
    const { title, topic } = operation.changes;
    if (title !== undefined && title !== before?.title) retitled = true;
    if (topic !== undefined && topic !== before?.topic) {
      retitled = true;
      topics.add(topic);
    }
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

/** Whether an entry can change what searches answer: it creates books, or changes a title or topic. */
export function touchesTitles(bookId: BookId, entry: Entry): boolean {
  if (bookId === CATALOGUE) return true;
  return entry.decided.some(
    ({ operation, outcome }) =>
      operation.kind === 'edit' &&
      outcome.kind === 'edited' &&
      (operation.changes.title !== undefined || operation.changes.topic !== undefined),
  );
}
