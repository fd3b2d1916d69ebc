import { readableLine } from './log-line.js';

describe('readableLine', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{"not": "a log line"}', '{"not": "a log line"}'],
    ['{broken', '{broken'],
    ['{"level":40,"time":1,"role":"catalog","port":1,"msg":"the disk is full"}', 'WARN the disk is full'],
    ['{"level":30,"context":"Replica","msg":"ready","ms":3}', 'INFO [Replica] ready {"ms":3}'],
    [
      '{"level":50,"msg":"failed","err":{"message":"no","stack":"Error: no\\n  at x"}}',
      'ERROR failed\nError: no\n  at x',
    ],
  ])('shows %s', (line, shown) => {
    expect(readableLine(line)).toBe(shown);
  });
});
