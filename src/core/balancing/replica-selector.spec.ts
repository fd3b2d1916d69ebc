import { monotonic } from '../clocks.js';
import { type Failure, type PolledReadiness } from './endpoint-health.js';
import { ReplicaSelector } from './replica-selector.js';

/** At a time, something happens to an endpoint, or the next requests go to those in that order (`abc`: first a, then b, then c). */
type Line =
  | readonly [at: number, endpoint: string, what: Failure | 'answered']
  | readonly [at: number, endpoint: string, what: 'is', found: PolledReadiness]
  | readonly [at: number, what: 'order', ...orders: string[]];

function play(endpoints: string, lines: readonly Line[], turns?: 'the first'): string[] {
  const selector = new ReplicaSelector([...endpoints]);
  return lines.flatMap((line): string[] => {
    const [at, name, what] = line;
    if (name === 'order') return line.slice(2).map(() => selector.order(monotonic(at), turns).join(''));
    if (what === 'is') selector.polled(name, line[3] as PolledReadiness, monotonic(at));
    else if (what === 'answered') selector.answered(name, monotonic(at));
    else selector.failed(name, what as Failure, monotonic(at));
    return [];
  });
}

const ordersOf = (lines: readonly Line[]): string[] =>
  lines.flatMap((line) => (line[1] === 'order' ? line.slice(2).map(String) : []));
const lost = (endpoint: string, ...at: number[]): Line[] => at.map((each) => [each, endpoint, 'lost']);

describe('ReplicaSelector', () => {
  it.each<[string, string, Line[]]>([
    ['takes turns', 'abc', [[0, 'order', 'abc', 'bca', 'cab', 'abc']]],
    ['has nothing to try without endpoints', '', [[0, 'order', '', '']]],
    [
      'ejects one that refuses at once',
      'abc',
      [
        [0, 'a', 'refused'],
        [1, 'order', 'bca', 'bca', 'cba'],
        [499, 'order', 'bca'],
      ],
    ],
    [
      'ejects one that stays silent after three in a row',
      'ab',
      [...lost('a', 0, 1), [2, 'order', 'ab', 'ba'], ...lost('a', 3), [4, 'order', 'ba', 'ba']],
    ],
    [
      'counts those that were outrun by another like silence',
      'ab',
      [
        [0, 'a', 'outrun'],
        [0, 'a', 'lost'],
        [0, 'a', 'outrun'],
        [1, 'order', 'ba', 'ba'],
      ],
    ],
    [
      'forgets failures that an answer came between',
      'ab',
      [...lost('a', 0, 1), [2, 'a', 'answered'], ...lost('a', 3, 4), [5, 'order', 'ab', 'ba']],
    ],
    [
      'lets one back in by a single request, and for good when that is served',
      'abc',
      [
        [0, 'b', 'refused'],
        [500, 'order', 'bac', 'cab', 'cab'],
        [510, 'b', 'answered'],
        [511, 'order', 'abc', 'bca', 'cab'],
      ],
    ],
    [
      'sends another when that one tells nothing',
      'ab',
      [
        [0, 'a', 'refused'],
        [500, 'order', 'ab', 'ba'],
        [749, 'order', 'ba'],
        [750, 'order', 'ab'],
      ],
    ],
    [
      'ejects for twice as long each time it fails again',
      'ab',
      [
        [0, 'a', 'refused'],
        [500, 'order', 'ab'],
        [500, 'a', 'lost'],
        [1499, 'order', 'ba'],
        [1500, 'order', 'ab'],
        [1500, 'a', 'refused'],
        [3499, 'order', 'ba'],
        [3500, 'order', 'ab'],
      ],
    ],
    [
      'ejects for ten seconds at the most',
      'ab',
      [
        ...[0, 500, 1500, 3500, 7500, 15_500].map((at): Line => [at, 'a', 'refused']),
        [25_499, 'order', 'ba'],
        [25_500, 'order', 'ab'],
      ],
    ],
    [
      'does not count what was under way when it was ejected',
      'ab',
      [...lost('a', 0, 0, 0, 0, 0, 0, 1), [499, 'order', 'ba'], [500, 'order', 'ab']],
    ],
    [
      'begins with the shortest ejection again once it has served for long',
      'ab',
      [
        [0, 'a', 'refused'],
        [500, 'a', 'refused'],
        [1500, 'a', 'answered'],
        [11_500, 'a', 'refused'],
        [11_999, 'order', 'ba'],
        [12_000, 'order', 'ab'],
      ],
    ],
    [
      'has not forgiven one that failed soon after it came back',
      'ab',
      [
        [0, 'a', 'refused'],
        [500, 'a', 'answered'],
        [600, 'a', 'refused'],
        [1599, 'order', 'ba'],
        [1600, 'order', 'ab'],
      ],
    ],
    [
      'sets one aside for a moment that says it is not ready',
      'ab',
      [
        [0, 'a', 'not ready'],
        [99, 'order', 'ba', 'ba'],
        [100, 'order', 'ab'],
      ],
    ],
    [
      'tries all in turn when all are ejected',
      'abc',
      [
        [0, 'a', 'refused'],
        [0, 'b', 'refused'],
        [0, 'c', 'refused'],
        [1, 'order', 'abc', 'bca', 'cab'],
      ],
    ],
    [
      'asks those that are not ready after the ejected, and those that stop at the very last',
      'abcd',
      [
        [0, 'a', 'is', 'stopping'],
        [0, 'b', 'is', 'not ready'],
        [0, 'c', 'refused'],
        [1, 'order', 'dcba', 'dcba'],
      ],
    ],
    [
      'leaves one that stops at once, and takes it back when it is ready',
      'ab',
      [
        [0, 'a', 'is', 'ready'],
        [0, 'b', 'is', 'ready'],
        [1, 'a', 'is', 'stopping'],
        [1, 'order', 'ba', 'ba'],
        [2, 'a', 'is', 'ready'],
        [2, 'order', 'ab'],
      ],
    ],
    [
      'leaves one that refuses to be looked at, until a look finds it ready',
      'ab',
      [
        [0, 'a', 'is', 'refused'],
        [60_000, 'order', 'ba', 'ba'],
        [60_000, 'a', 'is', 'ready'],
        [60_000, 'order', 'ab'],
      ],
    ],
    [
      'leaves one that has fallen silent, until it speaks again',
      'ab',
      [
        [0, 'a', 'is', 'silent'],
        [0, 'order', 'ba', 'ba'],
        [3, 'a', 'is', 'ready'],
        [3, 'order', 'ab'],
      ],
    ],
    [
      'sends no request to an ejected one that no look finds ready',
      'ab',
      [
        [0, 'a', 'refused'],
        [250, 'a', 'is', 'refused'],
        [5000, 'order', 'ba', 'ba'],
        [5000, 'a', 'is', 'ready'],
        [5000, 'order', 'ab'],
      ],
    ],
    [
      'believes live traffic more than a look',
      'ab',
      [...lost('a', 0, 0, 0), [1, 'a', 'is', 'ready'], [2, 'order', 'ba', 'ba']],
    ],
  ])('%s', (_, endpoints, lines) => {
    expect(play(endpoints, lines)).toEqual(ordersOf(lines));
  });

  it('begins with the first while that is well, if it is told to', () => {
    const lines: Line[] = [
      [0, 'order', 'abc', 'abc'],
      [1, 'a', 'refused'],
      [2, 'order', 'bca', 'bca'],
    ];
    expect(play('abc', lines, 'the first')).toEqual(ordersOf(lines));
  });

  it('asks an endpoint once that is listed twice', () => {
    expect(new ReplicaSelector(['a', 'b', 'a']).order(monotonic(0))).toEqual(['a', 'b']);
  });

  describe('one that nobody asks after it was ejected', () => {
    const looks = (selector: ReplicaSelector, ...at: number[]) =>
      at.forEach((now) => selector.polled('a', 'ready', monotonic(now)));
    const stateAt = (selector: ReplicaSelector, now: number) =>
      selector.states(monotonic(now))[0]?.availability;
    let selector: ReplicaSelector;
    beforeEach(() => {
      selector = new ReplicaSelector(['a', 'b']);
      selector.failed('a', 'refused', monotonic(0));
    });

    it('is healthy again after two looks in a row found it ready', () => {
      looks(selector, 100, 200, 300, 400, 500);
      expect(stateAt(selector, 1499)).toBe('half-open');
      looks(selector, 1500);
      expect(stateAt(selector, 1500)).toBe('healthy');
    });

    it('begins anew when a look between them did not', () => {
      looks(selector, 500);
      selector.polled('a', 'not ready', monotonic(1500));
      looks(selector, 2500);
      expect(stateAt(selector, 2500)).toBe('half-open');
    });

    it('waits for what becomes of a request, if one is sent to it', () => {
      looks(selector, 500);
      selector.order(monotonic(1100));
      looks(selector, 1500);
      expect(stateAt(selector, 1500)).toBe('half-open');
    });

    it('is ejected again by the first request that is lost, for longer than before', () => {
      looks(selector, 500, 1500);
      selector.failed('a', 'lost', monotonic(2000));
      expect(stateAt(selector, 2999)).toBe('ejected');
      expect(stateAt(selector, 3000)).toBe('half-open');
    });

    it('is as good as any once it served a request', () => {
      looks(selector, 500, 1500);
      selector.answered('a', monotonic(2000));
      selector.failed('a', 'lost', monotonic(2001));
      expect(stateAt(selector, 2001)).toBe('healthy');
    });
  });

  it('tells the state of each', () => {
    const selector = new ReplicaSelector(['a', 'b', 'c']);
    selector.polled('a', 'ready', monotonic(0));
    selector.polled('b', 'stopping', monotonic(0));
    selector.failed('c', 'refused', monotonic(0));
    expect(selector.states(monotonic(1))).toEqual([
      { endpoint: 'a', availability: 'healthy', ready: true },
      { endpoint: 'b', availability: 'stopping', ready: false },
      { endpoint: 'c', availability: 'ejected', ready: false },
    ]);
  });
});
