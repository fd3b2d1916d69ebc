import { COVER_HEIGHT, coverArt } from './cover-art.js';

describe('coverArt', () => {
  const titles = [
    'RPCs for Dummies',
    'Q',
    'Donaudampfschifffahrtsgesellschaftskapitän',
    '分布式系统',
    '!?',
    'a '.repeat(240),
  ];

  test('the same title looks the same, whoever wrote it', () => {
    for (const title of titles) {
      expect(coverArt(title, null)).toEqual({ ...coverArt(title, 'Somebody'), author: null });
    }
  });

  test('covers differ', () => {
    const looks = Array.from({ length: 60 }, (_, index) => coverArt(`Book ${index}`, null));
    expect(new Set(looks.map(({ paper }) => paper)).size).toBeGreaterThan(6);
    expect(new Set(looks.map(({ shapes }) => JSON.stringify(shapes))).size).toBeGreaterThan(50);
  });

  test.each(titles)('a title stays on its cover: %s', (title) => {
    const { lines, fontSize, titleTop } = coverArt(title, null);
    expect(lines.length).toBeGreaterThan(0);
    expect(titleTop).toBeGreaterThanOrEqual(30);
    expect(titleTop + lines.length * fontSize * 1.14).toBeLessThanOrEqual(COVER_HEIGHT - 10);
    for (const line of lines) expect(line.length * fontSize).toBeLessThan(600);
  });
});
