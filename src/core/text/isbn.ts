import { foldKey } from './fold.js';

const SEPARATORS = /[\s\u2010-\u2015\u2212-]/gu;
const LABEL = /^isbn(?:-?1[03])?[: ]*/;

/** The numbers that a book is known by: one ISBN in its thirteen digits, or one that a shop gave it itself. */
export type BookNumber =
  { readonly kind: 'isbn'; readonly isbn13: string } | { readonly kind: 'own number'; readonly text: string };

/**
 * Reads a number as people and their programs write it. An ISBN has the right check digit (ISO 2108); one of ten digits is that of
 * thirteen which names the same book, and a spreadsheet may have dropped the zeros that it begins with. Anything else is a
 * number of the shop's own. Null: there is none, or zeros only.
 */
export function bookNumberOf(text: string): BookNumber | null {
  const given = foldKey(text).replace(LABEL, '');
  const plain = given.replace(SEPARATORS, '');
  if (/^0*$/.test(plain)) return null;
  const isbn13 = /^\d{13}$/.test(plain) ? plain : thirteenOf(tenOf(plain, given));
  if (isbn13 !== null && isIsbn13(isbn13)) return { kind: 'isbn', isbn13 };
  // Old books bear ISBNs with wrong check digits: hyphens mean as little there.
  return { kind: 'own number', text: /^(\d{9}[\dx]|\d{13})$/.test(plain) ? plain : given };
}

/** Nobody writes hyphens into what a spreadsheet made of an ISBN. Those of most zeros begin with three. */
function tenOf(plain: string, given: string): string {
  return plain === given && /^\d{7,9}$/.test(plain) ? plain.padStart(10, '0') : plain;
}

function thirteenOf(ten: string): string | null {
  if (!/^\d{9}[\dx]$/.test(ten)) return null;
  let sum = 0;
  for (let place = 0; place < 10; place += 1) {
    sum += (10 - place) * (ten[place] === 'x' ? 10 : Number(ten[place]));
  }
  if (sum % 11 !== 0) return null;
  const twelve = `978${ten.slice(0, 9)}`;
  return `${twelve}${(10 - (weighted(twelve) % 10)) % 10}`;
}

function isIsbn13(digits: string): boolean {
  return /^97[89]/.test(digits) && weighted(digits) % 10 === 0;
}

/** Places count once and three times in turn. */
function weighted(digits: string): number {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1)
    sum += Number(digits[place]) * (place % 2 === 0 ? 1 : 3);
  return sum;
}
