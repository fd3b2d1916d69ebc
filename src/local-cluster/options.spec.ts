import { HELP, parseOptions } from './options.js';

describe('options of npm start', () => {
  it('have defaults', () => {
    expect(parseOptions([])).toEqual({
      kind: 'run',
      options: {
        catalogs: 3,
        orders: 2,
        frontEnds: 2,
        basePort: 5000,
        dataFolder: 'data',
        engine: 'sqlite',
        databaseUrl: null,
        fresh: false,
      },
    });
  });

  it('are taken', () => {
    const args = '--catalogs 5 --orders=1 --front-ends 10 --base-port 8000 --data /tmp/x --fresh'.split(' ');
    expect(parseOptions(args)).toEqual({
      kind: 'run',
      options: {
        catalogs: 5,
        orders: 1,
        frontEnds: 10,
        basePort: 8000,
        dataFolder: '/tmp/x',
        engine: 'sqlite',
        databaseUrl: null,
        fresh: true,
      },
    });
  });

  it.each([['--help'], ['-h']])('%s asks for help', (arg) => {
    expect(parseOptions([arg])).toEqual({ kind: 'help' });
    expect(HELP).toContain('--front-ends');
  });

  it.each([
    [['--catalogs', '0'], '--catalogs: got "0", takes a whole number from 1 to 10'],
    [['--orders', '11'], '--orders: got "11", takes a whole number from 1 to 10'],
    [['--front-ends', 'two'], '--front-ends: got "two", takes a whole number from 1 to 10'],
    [['--base-port', '65536'], '--base-port: got "65536", takes a whole number from 1 to 65505'],
    [['--engine', 'mysql'], '--engine: got "mysql", takes one of sqlite, postgres'],
    [['--engine', 'postgres', '--database-url', 'postgres://a:b@c/d'], 'take one of them'],
    [['--data', ' '], '--data: got "", takes the name of a folder'],
    [['--colour'], "Unknown option '--colour'"],
    [['extra'], "Unexpected argument 'extra'"],
  ])('%j is a mistake', (args, message) => {
    expect(parseOptions(args)).toEqual({ kind: 'mistake', message: expect.stringContaining(message) });
  });
});
