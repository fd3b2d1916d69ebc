import { Interests } from './interests.js';

describe('the interests of a front-end', () => {
  it('begin with an answer, and end with the acknowledgement of a later invalidation', () => {
    const interests = new Interests();
    expect(interests.has(7)).toBe(false);
    interests.answered(7, 3);
    expect(interests.has(7)).toBe(true);
    interests.forgotten(7, 4, false);
    expect(interests.has(7)).toBe(false);
  });

  it('stand when an answer was made after the invalidation', () => {
    const interests = new Interests();
    interests.answered(7, 3);
    interests.answered(7, 4);
    interests.forgotten(7, 4, false);
    expect(interests.has(7)).toBe(true);
    interests.forgotten(7, 5, false);
    expect(interests.has(7)).toBe(false);
  });

  it('are in everything when there are too many to remember', () => {
    const interests = new Interests();
    for (let bookId = 1; bookId <= 100_001; bookId++) interests.answered(bookId, 1);
    interests.forgotten(7, 2, false);
    expect([interests.has(7), interests.has(200_000)]).toEqual([true, true]);
  });
});
