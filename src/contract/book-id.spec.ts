import { parseBookId } from './book-id.js';

describe('parseBookId', () => {
  it.each([
    ['1', 1],
    ['01', 1],
    ['00000000000000000000000042', 42],
    ['999999999999999', 999_999_999_999_999],
    ['9999999999999999', 'no such book'],
    ['12345678901234567890', 'no such book'],
    ['0', 'no such book'],
    ['000', 'no such book'],
    ['', 'not a number'],
    ['test', 'not a number'],
    ['1.5', 'not a number'],
    ['-1', 'not a number'],
    ['+1', 'not a number'],
    ['1e3', 'not a number'],
    ['0x10', 'not a number'],
    [' 1', 'not a number'],
    ['1\n', 'not a number'],
    ['１', 'not a number'],
  ])('%j is %j', (text, id) => {
    expect(parseBookId(text)).toBe(id);
  });
});
