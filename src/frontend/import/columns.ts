import { foldSearch } from '../../core/text/fold.js';

/** What a row may say of a book. */
export const BOOK_FIELDS = ['title', 'author', 'topic', 'isbn', 'price', 'quantity'] as const;
export type BookField = (typeof BOOK_FIELDS)[number];
const REQUIRED: readonly BookField[] = ['title', 'topic', 'price', 'quantity'];

/** Most names that are listed as left out. */
export const MOST_LISTED = 100;

/** What people and their programs call the fields; the first that a file has counts. A line is for one field, and a new name goes into it. */
const NAMES: Readonly<Record<BookField, readonly string[]>> = {
  title: words(
    'title name booktitle bookname producttitle productname itemname originaltitle titre titel titulo titolo',
  ),
  author: words('author authors bookauthor authorname writer writers by auteur autor autore verfasser'),
  topic: words(
    'topic topics genre genres category categories bookcategory productcategory maincategory subject subjects section department type bookshelves thema rubrique kategorie categoria tema',
  ),
  isbn: words(
    'isbn13 isbn isbn10 isbnuid isbnoreanorgtin gtinupceanorisbn gtin ean ean13 variantbarcode barcode',
  ),
  price: words(
    'price variantprice regularprice listprice unitprice retailprice saleprice priceusd priceeur pricegbp bookprice priceineuros preis prix precio prezzo',
  ),
  quantity: words(
    'quantity qty stock copies variantinventoryqty stockquantity stockqty inventory inventoryquantity onhand available ownedcopies anzahl menge bestand quantite cantidad quantita',
  ),
};

/** What was said about a file, for what its names do not tell. */
export interface ColumnWishes {
  /** Which column is which field. */
  readonly map: ReadonlyMap<BookField, string>;
  /** Values that all rows have alike. */
  readonly set: ReadonlyMap<BookField, string>;
}

export interface Columns {
  /** Names of columns of each field, the first that has a value counts; an ISBN is looked for in each of them. */
  readonly of: ReadonlyMap<BookField, readonly string[]>;
  readonly leftOut: readonly string[];
  /** Required, and neither found nor said. */
  readonly missing: readonly BookField[];
  /** Said to be a column, and there is none of this name. */
  readonly notThere: readonly string[];
}

/** `isbn` and `ISBN 13` are one name each, whatever stands between their letters. */
export function plainName(name: string): string {
  return foldSearch(name).replace(/[^\p{L}\p{N}]/gu, '');
}

export function knownNames(names: readonly string[]): number {
  const plain = new Set(names.map(plainName));
  return BOOK_FIELDS.filter((field) => NAMES[field].some((name) => plain.has(name))).length;
}

export function columnsIn(names: readonly string[], wishes: ColumnWishes): Columns {
  const byName = new Map<string, string>();
  for (const name of names) if (!byName.has(plainName(name))) byName.set(plainName(name), name);
  const said = new Set([...wishes.map.values()].map(plainName));
  const of = new Map<BookField, readonly string[]>();
  const notThere: string[] = [];
  for (const field of BOOK_FIELDS) {
    const wish = wishes.map.get(field);
    if (wish !== undefined) {
      const column = byName.get(plainName(wish));
      if (column === undefined) notThere.push(wish);
      else of.set(field, [column]);
      continue;
    }
    const found = NAMES[field].flatMap((name) => (said.has(name) ? [] : (byName.get(name) ?? [])));
    if (found.length > 0) of.set(field, field === 'isbn' ? found : found.slice(0, 1));
  }
  const used = new Set([...of.values()].flat());
  return {
    of,
    leftOut: names.filter((name) => name.trim() !== '' && !used.has(name)).slice(0, MOST_LISTED),
    missing: REQUIRED.filter((field) => !of.has(field) && !wishes.set.has(field)),
    notThere,
  };
}

function words(text: string): readonly string[] {
  return text.split(' ');
}
