/** Words that the index is asked for; a book that it gives has to hold all others as well. */
export const MAX_WORDS_ASKED = 16;
/** Books of each kind that are judged by what they say; the others come after them, in id order. */
export const MAX_CANDIDATES = 100;
/** Judged by their titles alone, which the order of titles holds. */
export const MAX_TITLED = 200;
/** With fewer books than this that hold the words as they are typed, similar words are tried. */
export const FEW = 10;
/** Words of one search for which similar ones are tried. */
export const MAX_WORDS_RESPELT = 6;
/** Words that may continue an unfinished one; of more, those that the shop has known longest, which are the common ones. */
export const MAX_CONTINUATIONS = 64;
export const MAX_CONTINUATIONS_LOOKED_AT = 1_000;
export const MAX_ALIKE_LOOKED_AT = 300;
/** No text comes after a beginning followed by this. */
export const ABOVE_ALL = '\u{10ffff}';
