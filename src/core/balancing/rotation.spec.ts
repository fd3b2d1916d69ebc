import { Rotation, type Failure } from './rotation.js';

type Event = readonly [endpoint: string, what: Failure | 'answered', at: number];

describe('Rotation', () => {
  it.each<[string, readonly string[], readonly Event[], number, readonly string[]]>([
    ['takes turns', ['a', 'b', 'c'], [], 0, ['abc', 'bca', 'cab', 'abc']],
    ['tries a refused one last', ['a', 'b', 'c'], [['a', 'refused', 0]], 499, ['bca', 'bca', 'cba', 'bca']],
    ['lets it back in', ['a', 'b', 'c'], [['a', 'refused', 0]], 500, ['abc', 'bca']],
    ['leaves a silent one out for longer', ['a', 'b'], [['a', 'lost', 0]], 999, ['ba', 'ba']],
    ['asks one that was not ready again soon', ['a', 'b'], [['a', 'not ready', 0]], 100, ['ab', 'ba']],
    [
      'lets one back in at once that answers',
      ['a', 'b'],
      [
        ['a', 'lost', 0],
        ['a', 'answered', 1],
      ],
      2,
      ['ab', 'ba'],
    ],
    [
      'tries all when all failed',
      ['a', 'b'],
      [
        ['a', 'refused', 0],
        ['b', 'refused', 0],
      ],
      1,
      ['ab', 'ba'],
    ],
    ['has nothing to try without endpoints', [], [], 0, ['', '']],
  ])('%s', (_, endpoints, events, now, orders) => {
    const rotation = new Rotation(endpoints);
    for (const [endpoint, what, at] of events) {
      if (what === 'answered') rotation.answered(endpoint);
      else rotation.failed(endpoint, what, at);
    }
    expect(orders.map(() => rotation.order(now).join(''))).toEqual(orders);
  });

  it('begins with the first while that is well, if it is told to', () => {
    const rotation = new Rotation(['a', 'b', 'c'], 'the first');
    expect([0, 0].map((now) => rotation.order(now).join(''))).toEqual(['abc', 'abc']);
    rotation.failed('a', 'refused', 0);
    expect([1, 1].map((now) => rotation.order(now).join(''))).toEqual(['bca', 'bca']);
  });
});
