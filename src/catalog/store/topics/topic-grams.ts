/**
 * Topics are indexed by the three characters that stand at each place, blanks (`END`) after the last, so that one or two
 * characters are the beginning of some gram. A gram is written as three times four letters and digits, which every
 * tokenizer leaves alone: no character of a text has a meaning of its own.
 */
const GRAM = 3;
const LETTERS_PER_CHARACTER = 4;
const END = '0'.repeat(LETTERS_PER_CHARACTER);
/** Candidates that hold this many grams of a text are few enough to be compared with it. */
const MAX_GRAMS_ASKED = 16;

/** What the full-text index keeps of a topic: each different gram once. */
export function gramsOf(folded: string): string {
  const characters = encoded(folded);
  const grams = new Set<string>();
  for (let place = 0; place < characters.length; place += 1) {
    let gram = '';
    for (let next = place; next < place + GRAM; next += 1) gram += characters[next] ?? END;
    grams.add(gram);
  }
  return [...grams].join(' ');
}

/** The full-text query for topics that may contain a text, or all that do if it is no longer than a gram. The text is not empty. */
export function gramQuery(folded: string): string {
  const characters = encoded(folded);
  if (characters.length < GRAM) return `${characters.join('')}*`;
  const last = characters.length - GRAM;
  const step = Math.max(1, Math.ceil(last / (MAX_GRAMS_ASKED - 1)));
  const grams = new Set<string>();
  for (let place = 0; place < last; place += step) grams.add(characters.slice(place, place + GRAM).join(''));
  grams.add(characters.slice(last).join(''));
  return [...grams].join(' AND ');
}

function encoded(text: string): string[] {
  // 36^4 is more than there are code points.
  return Array.from(text, (character) =>
    (character.codePointAt(0) ?? 0).toString(36).padStart(LETTERS_PER_CHARACTER, '0'),
  );
}
