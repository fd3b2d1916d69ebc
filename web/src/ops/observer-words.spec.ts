import { observerWords } from './observer-words.js';
import { type Observation } from './types.js';

const SEEN: Observation = {
  on: true,
  answers: 1_240,
  stale: 0,
  booksCompared: 70,
  booksThatDiffer: 0,
  oversoldCopies: 0,
  looks: 10,
  everyMs: 10_000,
  lookedAgoMs: 4_200,
  findings: [],
};

describe('what the observer found, in words', () => {
  it.each<[string, Partial<Observation>, ReturnType<typeof observerWords>]>([
    ['nothing, for it does not look', { on: false, everyMs: null }, null],
    [
      'nothing yet',
      { lookedAgoMs: null, answers: 0 },
      { tone: 'warn', text: 'The observer has not looked yet.' },
    ],
    [
      'all is well',
      {},
      {
        tone: 'good',
        text: 'The observer looked 4 s ago: 0 stale of 1,240 answers, 0 that differ of 70 books compared, 0 copies oversold.',
      },
    ],
    [
      'a stale answer',
      { stale: 1 },
      { tone: 'bad', text: expect.stringContaining('1 stale of 1,240 answers') as string },
    ],
    [
      'a copy too many',
      { oversoldCopies: 1 },
      { tone: 'bad', text: expect.stringContaining('1 copy oversold') as string },
    ],
    [
      'a look that is old',
      { lookedAgoMs: 190_000 },
      {
        tone: 'warn',
        text: expect.stringMatching(/^Out of date, the observer looked 3 min ago: 0 stale/) as string,
      },
    ],
    [
      'an old look that had found something',
      { lookedAgoMs: 31_000, booksThatDiffer: 2 },
      { tone: 'bad', text: expect.stringMatching(/^Out of date/) as string },
    ],
  ])('%s', (_what, seen, words) => expect(observerWords({ ...SEEN, ...seen })).toEqual(words));
});
