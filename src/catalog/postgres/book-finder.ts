import { type BookId } from '../../core/replication/types.js';
import { foldSearch } from '../../core/text/fold.js';
import { type BookCursor, cursorOf, parseBookCursor } from '../store/books/cursors.js';
import { pageOf, pageOfPlaces } from '../store/books/found-pages.js';
import { keyBeginnings } from '../store/books/number-keys.js';
import {
  comparePlaces,
  ISBN_GRADE,
  type Judged,
  type Meant,
  type Place,
  placeByLetters,
  placeOf,
  placeOfMisspelt,
} from '../store/books/ranking.js';
import {
  ABOVE_ALL,
  FEW,
  MAX_ALIKE_LOOKED_AT,
  MAX_CANDIDATES,
  MAX_CONTINUATIONS,
  MAX_CONTINUATIONS_LOOKED_AT,
  MAX_TITLED,
  MAX_WORDS_ASKED,
  MAX_WORDS_RESPELT,
} from '../store/books/search-bounds.js';
import { beginningsLike, canBeMisspelt, meantAmong } from '../store/books/spelling.js';
import { wordsOf } from '../store/books/words.js';
import { type BookQuery, type FoundBooks } from '../store/catalogue-index.js';
import { storedKey } from './rows.js';
import { type Client } from './server.js';

// As docs/adr/0032 has it, with arrays of words and an index on them (GIN) in the place of SQLite's full-text index.

interface Asked extends Omit<BookQuery, 'text' | 'topic'> {
  readonly cursor: BookCursor | null;
  readonly text: string;
  readonly words: readonly string[];
  /** Folded; null: any. */
  readonly topic: string | null;
}

/** For each word those of which a book has to hold one; null: no book can hold it. */
type Wanted = readonly (readonly string[] | null)[];

/** Finds books by their words, the best first, with bounded work for each page. */
export async function findBooks(client: Client, query: BookQuery): Promise<FoundBooks> {
  const cursor = query.after === null ? null : parseBookCursor(query.after, query.order);
  if (cursor === undefined) return { kind: 'wrong cursor' };
  const text = foldSearch(query.text);
  const topic = query.topic === null ? null : foldSearch(query.topic);
  const asked: Asked = { ...query, text, words: wordsOf(text), cursor, topic };
  if (query.order === 'relevance') return text === '' ? browse(client, asked) : byRelevance(client, asked);
  return sorted(client, asked);
}

async function browse(client: Client, asked: Asked): Promise<FoundBooks> {
  const ids = await idsAfter(client, asked, [], asked.cursor?.id ?? 0, asked.limit + 1);
  return foundPage(asked, ids, (id) => cursorOf({ kind: 'id', id }), false);
}

async function byRelevance(client: Client, asked: Asked): Promise<FoundBooks> {
  const { cursor, limit } = asked;
  const { places, more, near, wanted } = await rank(client, asked);
  if (cursor?.kind === 'id') {
    // Those that were too many to be judged, in id order.
    const judged = new Set(places.map(({ id }) => id));
    const ids =
      wanted === null ? [] : await idsAfter(client, asked, wanted, cursor.id, limit + 1 + judged.size);
    return foundPage(
      asked,
      ids.filter((id) => !judged.has(id)),
      (id) => cursorOf({ kind: 'id', id }),
      false,
    );
  }
  return { kind: 'found', ...pageOfPlaces(limit, places, cursor, more), near, cutShort: false };
}

interface Ranked {
  readonly places: readonly Place[];
  readonly more: boolean;
  readonly near: boolean;
  readonly wanted: readonly (readonly string[])[] | null;
}

async function rank(client: Client, asked: Asked): Promise<Ranked> {
  const { words } = asked;
  const wanted = all(await wantedWords(client, words));
  const holding =
    wanted === null || words.length === 0 ? [] : await judged(client, asked, wanted, MAX_CANDIDATES);
  const places = new Map<BookId, Place>();
  for (const { id } of await byNumber(client, asked)) places.set(id, { grade: ISBN_GRADE, length: 0, id });
  for (const book of [...(await titled(client, asked)), ...holding]) {
    const place = words.length > 0 ? placeOf(words, book) : placeByLetters(book);
    if (place !== null && !places.has(book.id)) places.set(book.id, place);
  }
  const near = places.size === 0;
  if (places.size < FEW && words.length > 0) {
    for (const place of await misspelt(client, asked)) if (!places.has(place.id)) places.set(place.id, place);
  }
  const more = holding.length === MAX_CANDIDATES;
  return { places: [...places.values()].sort(comparePlaces), more, near: near && places.size > 0, wanted };
}

/** Books that hold similar words; if there are none, that hold all words but one. */
async function misspelt(client: Client, asked: Asked): Promise<Place[]> {
  const { words } = asked;
  const own = await wantedWords(client, words);
  const meant: Meant[][] = [];
  for (const [index, word] of words.entries()) {
    meant.push(index < MAX_WORDS_RESPELT ? await meantBy(client, word, index === words.length - 1) : []);
  }
  const parts: Wanted = own.map((each, index) => {
    const others = (meant[index] ?? []).map(({ word }) => word);
    return others.length === 0 ? each : [...(each ?? []), ...others];
  });
  const placesOf = (books: readonly Judged[]): Place[] =>
    books.map((book) => placeOfMisspelt(words, meant, book));
  const whole = all(parts);
  if (whole !== null) {
    const books = await judged(client, asked, whole, MAX_CANDIDATES);
    if (books.length > 0) return placesOf(books);
  }
  const known = parts.filter((part) => part !== null);
  if (known.length === 0) return [];
  if (known.length < parts.length) return placesOf(await judged(client, asked, known, MAX_CANDIDATES));
  const found = new Map<BookId, Judged>();
  for (let left = 0; left < Math.min(known.length, MAX_WORDS_RESPELT) && known.length > 1; left += 1) {
    for (const book of await judged(client, asked, known.toSpliced(left, 1), MAX_CANDIDATES))
      found.set(book.id, book);
  }
  return placesOf([...found.values()]);
}

/** Titles of a text without words begin with it. */
async function sorted(client: Client, asked: Asked): Promise<FoundBooks> {
  const { words, text, order, limit } = asked;
  const wanted = all(await wantedWords(client, words));
  const numbers = text === '' ? [] : (await byNumber(client, asked)).map(({ id }) => id);
  const beginning = words.length === 0 && text !== '' ? text : null;
  let ids = wanted === null ? [] : await idsInOrder(client, asked, { wanted, numbers, beginning });
  let near = false;
  // Nothing holds the words, at least not after the first page: similar ones do.
  if (ids.length === 0 && text !== '' && (asked.cursor === null || wanted === null)) {
    const ranked = await rank(client, asked);
    const numbered = ranked.places.map(({ id }) => id);
    ids = await idsInOrder(client, asked, { wanted: null, numbers: numbered, beginning: null });
    near = ranked.near && ids.length > 0;
  }
  const shown = ids.slice(0, limit);
  const last = shown.at(-1);
  const next = ids.length > limit && last !== undefined ? await cursorAt(client, last, order) : null;
  return { kind: 'found', ids: shown, next, near, cutShort: false };
}

async function cursorAt(client: Client, id: BookId, order: BookQuery['order']): Promise<string> {
  if (order !== 'price') return cursorOf({ kind: 'title', id });
  const { rows } = await client.query<{ price_cents: number }>('SELECT price_cents FROM book WHERE id = $1', [
    id,
  ]);
  return cursorOf({ kind: 'price', priceCents: rows[0]?.price_cents ?? 0, id });
}

interface Chosen {
  /** Null: by nothing but `numbers`. */
  readonly wanted: readonly (readonly string[])[] | null;
  readonly numbers: readonly BookId[];
  readonly beginning: string | null;
}

async function idsInOrder(
  client: Client,
  asked: Asked,
  { wanted, numbers, beginning }: Chosen,
): Promise<BookId[]> {
  const { topic, order, cursor, limit } = asked;
  const values: unknown[] = [topic, limit + 1];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const held = (wanted ?? []).map((words) => `words && ${bind(words)}::text[]`);
  if (beginning !== null)
    held.push(`folded_title >= ${bind(beginning)} AND folded_title < ${bind(beginning + ABOVE_ALL)}`);
  const chosen = [
    ...(wanted === null ? [] : [held.length === 0 ? 'true' : `(${held.join(' AND ')})`]),
    ...(numbers.length === 0 ? [] : [`id = ANY(${bind(numbers)}::bigint[])`]),
  ];
  const by = order === 'price' ? 'price_cents' : 'folded_title';
  const after = afterCursor(cursor, bind);
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM book WHERE NOT hidden AND ($1::text IS NULL OR folded_topic = $1) AND (${chosen.join(' OR ') || 'false'}) ${after}
     ORDER BY ${by}, id LIMIT $2`,
    values,
  );
  return rows.map(({ id }) => id);
}

function afterCursor(cursor: BookCursor | null, bind: (value: unknown) => string): string {
  if (cursor?.kind === 'price')
    return `AND (price_cents, id) > (${bind(cursor.priceCents)}::bigint, ${bind(cursor.id)}::bigint)`;
  if (cursor?.kind !== 'title') return '';
  const id = bind(cursor.id);
  return `AND (folded_title, id) > ((SELECT folded_title FROM book WHERE id = ${id}::bigint), ${id}::bigint)`;
}

async function idsAfter(
  client: Client,
  { topic }: Asked,
  wanted: readonly (readonly string[])[],
  after: BookId,
  most: number,
): Promise<BookId[]> {
  const { condition, values } = holdingAll(wanted, [after, topic, most]);
  const { rows } = await client.query<{ id: number }>(
    `SELECT id FROM book WHERE NOT hidden AND id > $1 AND ($2::text IS NULL OR folded_topic = $2) ${condition} ORDER BY id LIMIT $3`,
    values,
  );
  return rows.map(({ id }) => id);
}

async function judged(
  client: Client,
  { topic }: Asked,
  wanted: readonly (readonly string[])[],
  most: number,
): Promise<Judged[]> {
  const { condition, values } = holdingAll(wanted, [topic, most]);
  const { rows } = await client.query<Judged>(
    `SELECT id, title, author, folded_topic AS topic FROM book WHERE NOT hidden AND ($1::text IS NULL OR folded_topic = $1) ${condition} ORDER BY id LIMIT $2`,
    values,
  );
  return rows;
}

function holdingAll(
  wanted: readonly (readonly string[])[],
  first: readonly unknown[],
): { condition: string; values: unknown[] } {
  const values = [...first];
  const parts = wanted
    .slice(0, MAX_WORDS_ASKED)
    .map((words) => ` AND words && $${values.push(words)}::text[]`);
  return { condition: parts.join(''), values };
}

/** Whose title begins with the text. */
async function titled(client: Client, { text, topic }: Asked): Promise<Judged[]> {
  const { rows } = await client.query<Judged>(
    `SELECT id, title, author, folded_topic AS topic FROM book
     WHERE NOT hidden AND folded_title >= $1 AND folded_title < $2 AND ($3::text IS NULL OR folded_topic = $3) ORDER BY folded_title, id LIMIT $4`,
    [text, text + ABOVE_ALL, topic, MAX_TITLED],
  );
  return rows;
}

/** By an ISBN, by how one begins, or by how a number of the shop's own does. */
async function byNumber(client: Client, { text, topic }: Asked): Promise<{ id: BookId }[]> {
  const beginnings = keyBeginnings(text);
  if (beginnings.length === 0) return [];
  const { rows } = await client.query<{ id: number }>(
    `SELECT DISTINCT book.id FROM unnest($1::text[]) AS beginning
     JOIN LATERAL (SELECT book_id, claim FROM unique_key WHERE key >= beginning COLLATE "C" AND key < (beginning || $2) COLLATE "C"
       ORDER BY key LIMIT $3) AS found ON true
     JOIN book ON book.id = found.book_id AND book.claim = found.claim AND NOT hidden
     WHERE $4::text IS NULL OR folded_topic = $4`,
    [beginnings.map(storedKey), ABOVE_ALL, MAX_CANDIDATES, topic],
  );
  return rows;
}

async function wantedWords(client: Client, words: readonly string[]): Promise<Wanted> {
  const wanted: (readonly string[] | null)[] = [];
  for (const [index, word] of words.slice(0, MAX_WORDS_ASKED).entries()) {
    wanted.push(index === words.length - 1 ? await continuations(client, word) : [word]);
  }
  return wanted;
}

/** The last word, as far as it is typed. */
async function continuations(client: Client, word: string): Promise<string[] | null> {
  const { rows } = await client.query<{ word: string }>(
    `SELECT word FROM (SELECT id, word FROM word WHERE word >= $1 AND word < $2 LIMIT ${MAX_CONTINUATIONS_LOOKED_AT}) AS found
     ORDER BY id LIMIT ${MAX_CONTINUATIONS}`,
    [word, word + ABOVE_ALL],
  );
  return rows.length === 0 ? null : [...new Set([word, ...rows.map((row) => row.word)])];
}

/** Words that may have been meant, the likeliest first. */
async function meantBy(client: Client, word: string, unfinished: boolean): Promise<Meant[]> {
  if (!canBeMisspelt(word)) return [];
  const { rows } = await client.query<{ word: string }>(
    `SELECT word FROM word WHERE beginnings && $1::text[] ORDER BY id LIMIT ${MAX_ALIKE_LOOKED_AT}`,
    [beginningsLike(word)],
  );
  return meantAmong(
    rows.map((row) => row.word),
    word,
    unfinished,
  );
}

function all(wanted: Wanted): (readonly string[])[] | null {
  const known = wanted.filter((each) => each !== null);
  return known.length === wanted.length ? known : null;
}

function foundPage(
  { limit }: Asked,
  ids: readonly BookId[],
  cursorAt: (last: BookId) => string,
  near: boolean,
): FoundBooks {
  return { kind: 'found', ...pageOf(limit, ids, cursorAt), near, cutShort: false };
}
