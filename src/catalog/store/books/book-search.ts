import { type BookId } from '../../../core/replication/types.js';
import { foldSearch } from '../../../core/text/fold.js';
import { type BookQuery, type FoundBooks } from '../catalogue-index.js';
import { type Connection } from '../database.js';
import { BookShelves, type Shelved } from './book-shelves.js';
import { type BookTexts } from './book-texts.js';
import { type BookCursor, cursorOf, parseBookCursor } from './cursors.js';
import { pageOf, pageOfPlaces } from './found-pages.js';
import { keyBeginnings } from './number-keys.js';
import {
  comparePlaces,
  ISBN_GRADE,
  type Judged,
  type Meant,
  type Place,
  placeByLetters,
  placeOf,
  placeOfMisspelt,
} from './ranking.js';
import { FEW, MAX_CANDIDATES, MAX_TITLED, MAX_WORDS_ASKED, MAX_WORDS_RESPELT } from './search-bounds.js';
import { type Scan, TextScans } from './text-scans.js';
import { orAnyOf, type Part, partOf, Vocabulary } from './vocabulary.js';
import { wordsOf } from './words.js';

/** So many books are put into the order of prices or titles at once; of more, the shelves are walked in that order. */
const MAX_SORTED = 3_000;

/** A search as it is carried out. */
interface Asked extends Omit<BookQuery, 'text'> {
  readonly cursor: BookCursor | null;
  readonly text: string;
  readonly words: readonly string[];
  /** Null: in any topic. */
  readonly topicIds: readonly number[] | null;
  readonly scan: Scan;
}

interface Ranked {
  readonly places: readonly Place[];
  /** There are more books that hold the words than were judged. */
  readonly more: boolean;
  readonly near: boolean;
}

/** Finds books by their words, the best first, with bounded work for each page (docs/adr/0032). */
export class BookSearch {
  readonly #vocabulary: Vocabulary;
  readonly #scans: TextScans;
  readonly #shelves: BookShelves;

  constructor(
    connection: Connection,
    private readonly texts: BookTexts,
  ) {
    this.#vocabulary = new Vocabulary(connection);
    this.#shelves = new BookShelves(connection);
    this.#scans = new TextScans(connection, this.#shelves);
  }

  find(query: BookQuery): FoundBooks {
    const cursor = query.after === null ? null : parseBookCursor(query.after, query.order);
    if (cursor === undefined) return { kind: 'wrong cursor' };
    if (!this.texts.complete()) return { kind: 'not filled' };
    const text = foldSearch(query.text);
    const topicIds = query.topic === null ? null : this.#shelves.topicIds(query.topic);
    const scan = this.#scans.begin();
    const asked: Asked = { ...query, text, words: wordsOf(text), cursor, topicIds, scan };
    if (topicIds?.length === 0) return foundPage(asked, [], null, false);
    if (text === '') return this.#browse(asked);
    return query.order === 'relevance' ? this.#byRelevance(asked) : this.#sorted(asked);
  }

  /** No words: whole shelves. */
  #browse(asked: Asked): FoundBooks {
    const { topicIds, order, limit, cursor } = asked;
    if (order !== 'relevance' && topicIds !== null) {
      const ids = this.#shelves.inTopics(topicIds, 0, MAX_SORTED + 1);
      if (ids.length <= MAX_SORTED) return this.#inOrder(asked, ids, false);
    }
    if (order !== 'relevance') return this.#walk(asked, () => true);
    const after = cursor?.id ?? 0;
    const ids =
      topicIds === null
        ? this.#shelves.all(after, limit + 1)
        : this.#shelves.inTopics(topicIds, after, limit + 1);
    return foundPage(asked, ids, (id) => cursorOf({ kind: 'id', id }), false);
  }

  #byRelevance(asked: Asked): FoundBooks {
    const { cursor, limit } = asked;
    const { places, more, near } = this.#rank(asked);
    if (cursor?.kind === 'id') return this.#rest(asked, cursor.id, places);
    return {
      kind: 'found',
      ...pageOfPlaces(limit, places, cursor, more),
      near,
      cutShort: asked.scan.cutShort,
    };
  }

  /** Those that were too many to be judged, in id order. */
  #rest(asked: Asked, after: BookId, places: readonly Place[]): FoundBooks {
    const judged = new Set(places.map(({ id }) => id));
    const most = asked.limit + 1 + judged.size;
    const ids = this.#scan(asked, this.#parts(asked), most, after).filter((id) => !judged.has(id));
    return foundPage(asked, ids, (id) => cursorOf({ kind: 'id', id }), false);
  }

  #rank(asked: Asked): Ranked {
    const { ids, more } = this.#candidates(asked);
    const places = new Map<BookId, Place>();
    for (const id of this.#shelved(asked, this.#byNumber(asked)).map((book) => book.id))
      places.set(id, { grade: ISBN_GRADE, length: 0, id });
    const hasWords = asked.words.length > 0;
    for (const books of [this.#titled(asked), this.#shelved(asked, ids)]) {
      for (const book of books) {
        const place = hasWords ? placeOf(asked.words, book) : placeByLetters(book);
        if (place !== null && !places.has(book.id)) places.set(book.id, place);
      }
    }
    const near = places.size === 0;
    if (places.size < FEW && hasWords) {
      for (const place of this.#misspelt(asked)) if (!places.has(place.id)) places.set(place.id, place);
    }
    return { places: [...places.values()].sort(comparePlaces), more, near: near && places.size > 0 };
  }

  #candidates(asked: Asked): { readonly ids: ReadonlySet<BookId>; readonly more: boolean } {
    const parts = this.#parts(asked);
    const holding = this.#scan(asked, parts, MAX_CANDIDATES);
    const ids = new Set(holding);
    const more = holding.length === MAX_CANDIDATES;
    if (!more) return { ids, more };
    for (const column of ['title', 'author'] as const)
      for (const id of asked.scan.someIds(column, parts, asked.topicIds, MAX_CANDIDATES)) ids.add(id);
    return { ids, more };
  }

  /** Those of the topics asked for. */
  #shelved({ topicIds }: Asked, ids: Iterable<BookId>): Shelved[] {
    const books = this.#shelves.books(ids);
    return topicIds === null ? books : books.filter(({ topicId }) => topicIds.includes(topicId));
  }

  /** Whose title begins with the text. */
  #titled({ text, topicIds }: Asked): readonly Judged[] {
    if (topicIds === null) return this.#shelves.titled(text, MAX_TITLED);
    const ids = this.#shelves.titled(text, MAX_SORTED).map(({ id }) => id);
    return this.#shelves.books(ids).filter(({ topicId }) => topicIds.includes(topicId));
  }

  /** By an ISBN, by how one begins, or by how a number of the shop's own does. */
  #byNumber({ text }: Asked): BookId[] {
    return [...new Set(keyBeginnings(text).flatMap((key) => this.#shelves.withKey(key, MAX_CANDIDATES)))];
  }

  /** Books that hold similar words; if there are none, that hold all words but one. */
  #misspelt(asked: Asked): Place[] {
    const { words } = asked;
    const own = words.map((word, index) => this.#vocabulary.partFor(word, index === words.length - 1));
    const meant = words.map((word, index) => {
      const part = own[index] ?? null;
      // What many books hold is spelt as it is meant.
      if (index >= MAX_WORDS_RESPELT || (part !== null && asked.scan.isCommon(part))) return [];
      return this.#vocabulary.meantBy(word, index === words.length - 1);
    });
    const parts = own.slice(0, MAX_WORDS_ASKED).map((part, index) => withMeant(part, meant[index] ?? []));
    const placesOf = (ids: Iterable<BookId>): Place[] =>
      this.#shelved(asked, ids).map((book) => placeOfMisspelt(words, meant, book));
    if (parts.every((part) => part !== null)) {
      const ids = this.#scan(asked, parts, MAX_CANDIDATES);
      if (ids.length > 0) return placesOf(ids);
    }
    const known = parts.filter((part) => part !== null);
    if (known.length === 0) return [];
    if (known.length < parts.length) return placesOf(this.#scan(asked, known, MAX_CANDIDATES));
    const ids = new Set<BookId>();
    for (let left = 0; left < Math.min(known.length, MAX_WORDS_RESPELT) && known.length > 1; left += 1)
      for (const id of this.#scan(asked, known.toSpliced(left, 1), MAX_CANDIDATES)) ids.add(id);
    return placesOf(ids);
  }

  #sorted(asked: Asked): FoundBooks {
    const { words, text } = asked;
    const ids = new Set([
      ...this.#scan(asked, this.#parts(asked), MAX_SORTED + 1),
      ...(words.length === 0 ? this.#titled(asked).map(({ id }) => id) : []),
      ...this.#byNumber(asked),
    ]);
    if (ids.size > MAX_SORTED) return this.#walk(asked, (book) => placeOf(words, book) !== null);
    const books = this.#shelved(asked, ids);
    const fits = words.length > 0 ? books : books.filter((book) => foldSearch(book.title).startsWith(text));
    if (fits.length > 0)
      return this.#inOrder(
        asked,
        fits.map(({ id }) => id),
        false,
      );
    const near = this.#rank(asked).places.map(({ id }) => id);
    return this.#inOrder(asked, near, near.length > 0);
  }

  #inOrder(asked: Asked, ids: Iterable<BookId>, near: boolean): FoundBooks {
    const { cursor, order } = asked;
    const left = this.#shelves.inOrder(order, ids, cursor).map(({ id }) => id);
    return foundPage(asked, left, (id) => this.#shelves.cursorAt(id, order), near);
  }

  /** Through all books in the order asked for, a bounded way for each page: it may be short, or empty, and still have a next one. */
  #walk(asked: Asked, fits: (book: Shelved) => boolean): FoundBooks {
    const { limit, order, cursor } = asked;
    const ids: BookId[] = [];
    const passed = this.#shelves.walk(order, cursor, (book) => {
      if (isIn(book, asked) && fits(book)) ids.push(book.id);
      return ids.length < limit;
    });
    const next = passed === null ? null : this.#shelves.cursorAt(passed, order);
    return { kind: 'found', ids, next, near: false, cutShort: asked.scan.cutShort };
  }

  /** All words, the last one as far as it is typed. None: no book holds them. */
  #parts({ words }: Asked): Part[] {
    const parts = words
      .slice(0, MAX_WORDS_ASKED)
      .map((word, index) => this.#vocabulary.partFor(word, index === words.length - 1));
    const known = parts.filter((part) => part !== null);
    return known.length === parts.length ? known : [];
  }

  #scan({ scan, topicIds }: Asked, parts: readonly Part[], most: number, after = 0): BookId[] {
    return parts.length === 0 ? [] : scan.ids(parts, topicIds, after, most);
  }
}

function withMeant(own: Part | null, meant: readonly Meant[]): Part | null {
  const others = meant.map(({ word }) => word);
  if (others.length === 0) return own;
  return own === null ? partOf(others) : orAnyOf(own, others);
}

function isIn({ topicId }: Shelved, { topicIds }: Asked): boolean {
  return topicIds === null || topicIds.includes(topicId);
}

function foundPage(
  { limit, scan }: Asked,
  ids: readonly BookId[],
  cursorAt: ((last: BookId) => string) | null,
  near: boolean,
): FoundBooks {
  return { kind: 'found', ...pageOf(limit, ids, cursorAt), near, cutShort: scan.cutShort };
}
