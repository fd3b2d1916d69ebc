import fc from 'fast-check';
import { notUtf8Charset, shapeOf, tooMuchIn } from './json-body.js';

const shape = (json: string) => shapeOf(Buffer.from(json));
const nested = (levels: number, open: string, close: string, inner = ''): string =>
  open.repeat(levels) + inner + close.repeat(levels);
const wide = (fields: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, at) => [`field${at}`, at])));

function levelsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levelsOf));
}

function widest(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Math.max(own, ...Object.values(value).map(widest));
}

describe('the shape of JSON', () => {
  it('is that of the value, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1), (value, indent) => {
        const found = shape(JSON.stringify(value, null, indent));
        expect(found).toEqual({
          isObject: typeof value === 'object' && value !== null && !Array.isArray(value),
          levels: levelsOf(value),
          crowdedFields: null,
          longList: null,
        });
        expect(widest(value)).toBeLessThanOrEqual(64);
      }),
    );
  });

  it.each([
    [nested(32, '[', ']'), null],
    [nested(33, '[', ']'), 'has more than 32 levels'],
    [nested(32, '{"a":', '}', '1'), null],
    [nested(33, '{"a":', '}', '1'), 'has more than 32 levels'],
    [nested(500_000, '[', ''), 'has more than 32 levels'],
    [wide(64), null],
    [wide(65), 'has more than 64 fields'],
    [wide(100_000), 'has more than 64 fields'],
    [`{"items":[${wide(64)},${wide(64)}]}`, null],
    [`{"items":[{},${wide(65)}]}`, 'has more than 64 fields'],
    [`{${'"a":1,'.repeat(65)}}`, 'has more than 64 fields'],
    [`{"a":[${'{},'.repeat(64)}{}]}`, 'has a list of more than 64'],
    [`{"a":[${'1,'.repeat(63)}1],"b":[[${'1,'.repeat(60)}1],[${'1,'.repeat(60)}1]]}`, null],
    ['['.repeat(3) + ','.repeat(5_000), 'has a list of more than 64'],
    [JSON.stringify({ a: '{"b":'.repeat(100) + '\\"[[' }), null],
    ['}}}]]]'.repeat(1000), null],
    ['"never closed: {', null],
    ['', null],
  ])('is too much, or not: %#', (json, expected) => {
    expect(tooMuchIn(shape(json))).toBe(expected);
  });

  it('names the field whose list is too long', () => {
    expect(shape(`{"b":["c"],"a":["d",${'1,'.repeat(64)}1]}`).longList).toBe('a');
  });

  it('names the first ten fields of too many, and of long names the beginning', () => {
    const long = 'é'.repeat(10_000);
    const json = JSON.stringify({ [long]: 1, ...(JSON.parse(wide(100)) as object) });
    const { crowdedFields } = shape(json);
    expect(crowdedFields).toHaveLength(10);
    expect(crowdedFields?.[0]).toBe('é'.repeat(64));
    expect(crowdedFields?.[1]).toBe('field0');
  });

  it.each([
    ['{}', true],
    ['\ufeff {"a":1}', true],
    [' \t\r\n{', true],
    ['[{}]', false],
    ['"{}"', false],
    ['7', false],
    ['', false],
  ])('begins an object or not: %j', (json, expected) => {
    expect(shape(json).isObject).toBe(expected);
  });
});

describe('a declared charset', () => {
  it.each([
    [undefined, false],
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['application/json;charset="UTF-8"', false],
    ['application/json; charset=us-ascii', false],
    ['application/json; charset=iso-8859-1', true],
    ['Application/JSON; a=b; Charset=utf-16', true],
    ['text/csv; charset=windows-1252', false],
  ])('other than UTF-8 is refused for JSON: %s', (contentType, expected) => {
    expect(notUtf8Charset(contentType)).toBe(expected);
  });
});
