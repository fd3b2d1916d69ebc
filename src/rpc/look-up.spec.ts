import { sharedLookUp } from './look-up.js';

describe('sharedLookUp', () => {
  it('asks for a name once at a time, whoever wants to know', () => {
    const asked: { hostname: string; answer: (address: string) => void }[] = [];
    const lookUp = sharedLookUp((hostname, _options, callback) => {
      asked.push({ hostname, answer: (address) => callback(null, address, 4) });
    });
    const told: string[] = [];
    const want = (hostname: string) =>
      lookUp(hostname, { all: false }, (_error, address) => told.push(`${hostname} ${address as string}`));

    want('gone');
    want('gone');
    want('here');
    expect(asked.map(({ hostname }) => hostname)).toEqual(['gone', 'here']);
    asked[1]?.answer('10.0.0.1');
    expect(told).toEqual(['here 10.0.0.1']);
    asked[0]?.answer('10.0.0.2');
    expect(told).toEqual(['here 10.0.0.1', 'gone 10.0.0.2', 'gone 10.0.0.2']);

    // An answer is not kept: the next may be another one.
    want('gone');
    expect(asked.map(({ hostname }) => hostname)).toEqual(['gone', 'here', 'gone']);
  });

  it('does not give one kind of answer to those who want another', () => {
    const asked: unknown[] = [];
    const lookUp = sharedLookUp((_hostname, options) => asked.push(options));
    lookUp('here', { all: false }, () => undefined);
    lookUp('here', { all: true }, () => undefined);
    expect(asked).toHaveLength(2);
  });
});
