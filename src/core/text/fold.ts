/**
 * How texts are compared, by everybody who does: keys of books and topics (`foldKey`), searches, their index and their caches
 * (`foldSearch`). Both are idempotent. Where a fold is stored, changing it needs a migration.
 */

const PLAIN = /^[\x20-\x7e]*$/;
/** What nobody sees: soft hyphens, joiners, directions, byte-order marks. */
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/gu;
const BLANKS = /[\s\u0085]+/gu;

/** Accents of Latin, Greek and Cyrillic letters, points of Hebrew and Arabic ones. Vowel signs of other scripts are letters. */
const ACCENTS: readonly (readonly [first: number, last: number])[] = [
  [0x0300, 0x036f],
  [0x0483, 0x0487],
  [0x0591, 0x05c7],
  [0x0610, 0x061a],
  [0x064b, 0x065f],
  [0x0670, 0x0670],
  [0x06d6, 0x06ed],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20f0],
  [0xfe20, 0xfe2f],
];
const MARKS = /\p{Mn}/gu;
/** What Unicode does not take apart, and people type without: letters with a stroke, joined letters, printers' quotes and dashes. */
const TYPED: ReadonlyMap<string, string> = new Map([
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['ħ', 'h'],
  ['ł', 'l'],
  ['ŧ', 't'],
  ['þ', 'th'],
  ['‘', "'"],
  ['’', "'"],
  ['ʼ', "'"],
  ['“', '"'],
  ['”', '"'],
  ['‐', '-'],
  ['–', '-'],
  ['—', '-'],
]);
const NOT_TYPED = new RegExp(`[${[...TYPED.keys()].join('')}]`, 'gu');

/** NFKC_Casefold of the Unicode standard (3.13, D146), all Turkish i's as one, each run of blanks as one, and none at either end. */
export function foldKey(text: string): string {
  // Folding may make what normalises further, and the other way round; a second time nothing is left to do.
  return blanksAsOne(PLAIN.test(text) ? text.toLowerCase() : caseless(caseless(text)));
}

/** The same without accents: what a search for `the` finds in `Thé`. */
export function foldSearch(text: string): string {
  const folded = foldKey(text);
  if (PLAIN.test(folded)) return folded;
  const bare = folded.normalize('NFD').replace(MARKS, withoutAccent).replace(NOT_TYPED, typed);
  return foldKey(bare);
}

/** There is no full case folding in JavaScript. This is it but for Cherokee, where both ways lead to one letter as well. */
function caseless(text: string): string {
  return text
    .normalize('NFKC')
    .replace(IGNORABLE, '')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replace(/i\u0307+/g, 'i')
    .normalize('NFKC');
}

function blanksAsOne(text: string): string {
  return text.replace(BLANKS, ' ').trim();
}

function withoutAccent(mark: string): string {
  const codePoint = mark.codePointAt(0) ?? 0;
  return ACCENTS.some(([first, last]) => first <= codePoint && codePoint <= last) ? '' : mark;
}

function typed(character: string): string {
  return TYPED.get(character) ?? character;
}
