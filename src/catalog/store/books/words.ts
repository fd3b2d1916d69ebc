/** In scripts that write no blanks between words, each character is a word. */
const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}';
const WORD = new RegExp(
  `[${UNSPACED}]\\p{M}*|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}\\p{Co}]|\\p{Emoji_Presentation})+`,
  'gu',
);
const PLAIN_WORD = /[a-z0-9]+/g;
const PLAIN = /^[\x20-\x7e]*$/;

/** The words of a folded text, in their order: what books are found by. Punctuation only divides them. */
export function wordsOf(folded: string): string[] {
  return folded.match(PLAIN.test(folded) ? PLAIN_WORD : WORD) ?? [];
}

/** Each followed by a blank, so that `includes` finds whole words, in a row, and words that begin so. */
export function asPhrase(words: readonly string[]): string {
  return words.map((word) => ` ${word}`).join('');
}
