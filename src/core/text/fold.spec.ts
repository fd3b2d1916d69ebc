import fc from 'fast-check';
import { foldKey, foldSearch } from './fold.js';

describe('foldKey', () => {
  it.each([
    ['Distributed Systems', 'distributed systems'],
    ['Straße', 'STRASSE'],
    ['STRAẞE', 'strasse'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
    ['İstanbul', 'ISTANBUL'],
    ['Diyarbakır', 'DIYARBAKIR'],
    ['The\u0301 vert', 'Thé vert'],
    ['ﬁction', 'Fiction'],
    ['Ｓｙｓｔｅｍ', 'system'],
    ['Ꮳꮃꭹ', 'ꮳꮃꭹ'],
    ['soft\u00adware', 'software'],
    ['\ufeffArt\u200b', 'art'],
    [' a\u00a0 b\u3000\tc\u0085\u2028', 'a b c'],
  ])('takes %j and %j for the same', (one, other) => {
    expect(foldKey(one)).toBe(foldKey(other));
  });

  it.each([
    ['Thé', 'The'],
    ['ab', 'a b'],
    ['a%', 'a_'],
    ['の', '之'],
  ])('tells %j from %j', (one, other) => {
    expect(foldKey(one)).not.toBe(foldKey(other));
  });
});

describe('foldSearch', () => {
  it.each([
    ['Thé vert', 'the vert'],
    ['The\u0301', 'the'],
    ['Čapek, Žižek, Łódź', 'capek, zizek, lodz'],
    ['Søren Ærø Þór', 'soren aero thor'],
    ['Μυθολογία', 'μυθολογια'],
    ['Children’s “first” books', 'children\'s "first" books'],
    ['Пётр', 'петр'],
    ['شِعْر', 'شعر'],
    ['한국어', '한국어'],
    ['がく', 'がく'],
    ['हिन्दी', 'हिन्दी'],
    ['100% \\ _ "*" (a) -', '100% \\ _ "*" (a) -'],
    ['\u0000a\u0000', '\u0000a\u0000'],
    ['', ''],
    [' \u00a0 ', ''],
  ])('makes %j to %j', (text, folded) => {
    expect(foldSearch(text)).toBe(folded);
  });

  it('does not take other letters for accents', () => {
    expect(foldSearch('がく')).not.toBe(foldSearch('かく'));
    expect(foldSearch('हिन्दी')).not.toBe(foldSearch('हनद'));
  });
});

const TEXT = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(...'aBıİiIßẞſﬁΣσςΐ´ ', '\u0301', '\u0307', '\u0345', '\u00a0', '\u200d', '한'),
  }),
);

it('has nothing left to fold in what was folded, and loses nothing that a search for the rest would need', () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      expect(foldKey(foldKey(text))).toBe(foldKey(text));
      expect(foldSearch(foldSearch(text))).toBe(foldSearch(text));
      expect(foldSearch(foldKey(text))).toBe(foldSearch(text));
      for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
        expect(foldKey(text.normalize(form))).toBe(foldKey(text));
        expect(foldSearch(text.normalize(form))).toBe(foldSearch(text));
      }
    }),
    { numRuns: 2_000 },
  );
});
