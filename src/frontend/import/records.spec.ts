import { fileURLToPath } from 'node:url';
import { existsSync, readFileSync } from 'node:fs';
import { CsvReader, JsonLinesReader, type RawRow, type ReaderOptions, type RecordReader } from './records.js';

function rowsOf(reader: RecordReader, text: string): RawRow[] {
  const lines = text.split('\n').map((line, index) => ({ number: index + 1, text: line.replace(/\r$/, '') }));
  if (lines.at(-1)?.text === '') lines.pop();
  return [...lines.flatMap((line) => reader.read(line)), ...reader.end()];
}
const PLAIN: ReaderOptions = { map: new Map(), set: new Map(), separator: null, preview: false };
const csv = (text: string, options: Partial<ReaderOptions> = {}): RawRow[] =>
  rowsOf(new CsvReader({ ...PLAIN, ...options }), text);
const row = (line: number, fields: object): RawRow => ({ kind: 'row', line, fields: { ...fields } });
const rejected = (line: number, reason: unknown): RawRow => ({
  kind: 'rejected',
  line,
  reason: reason as string,
});

const HEADER = 'title,topic,price,quantity,isbn,author';
const BOOK = { title: 'T', topic: 'S', price: 1.5, quantity: 2 };

describe('CsvReader', () => {
  it('reads columns in any order and case, and leaves empty fields out', () => {
    expect(
      csv(' Quantity ,PRICE,topic,title,author\n2,1.50,S,T,\n3, 7 ,"S, and more","say ""T""",me\n'),
    ).toEqual([
      row(2, BOOK),
      row(3, { title: 'say "T"', topic: 'S, and more', price: 7, quantity: 3, author: 'me' }),
    ]);
  });

  it('takes any line ends, empty lines and a quoted field of several lines', () => {
    expect(csv(`${HEADER}\r\nT,S,1.5,2,,\r\n\r\n  \n"a\r\nb\n\nc",S,1.5,2,,\n"T",S,1.5,2,,`)).toEqual([
      row(2, BOOK),
      row(5, { ...BOOK, title: 'a\nb\n\nc' }),
      row(9, BOOK),
    ]);
  });

  it.each<[string, string]>([
    ['a quote inside a plain field', 'T"x,S,1.5,2,,'],
    ['text after a closing quote', '"T"x,S,1.5,2,,'],
    ['a quote that is not closed', '"T,S,1.5,2,,'],
    ['a zero byte', 'T\0x,S,1.5,2,,'],
    ['too few fields', 'T,S,1.5,2'],
    ['too many fields', 'T,S,1.5,2,,,7'],
  ])('rejects the line with %s alone', (_, bad) => {
    const good = 'T,S,1.5,2,,';
    expect(csv([HEADER, good, bad, good, '"T",S,1.5,2,,'].join('\n'))).toEqual([
      row(2, BOOK),
      rejected(3, expect.any(String)),
      row(4, BOOK),
      row(5, BOOK),
    ]);
  });

  it('finds its way back after a quote that stays open for very long', () => {
    const good = Array.from({ length: 200 }, () => 'T,S,1.5,2,,');
    const rows = csv([HEADER, '"T,S,1.5,2,,', ...good].join('\n'));
    expect(rows[0]).toEqual(rejected(2, 'a quote is not closed'));
    expect(rows.slice(1)).toEqual(good.map((_, index) => row(index + 3, BOOK)));
  });

  it('rejects a line that is too long, and a record that it interrupts', () => {
    const reader = new CsvReader(PLAIN);
    const lines = [HEADER, '"T', null, 'T,S,1.5,2,,'];
    const rows = lines.flatMap((text, index) => reader.read({ number: index + 1, text }));
    expect(rows).toEqual([
      rejected(2, 'a quote is not closed'),
      rejected(3, expect.stringContaining('longer')),
      row(4, BOOK),
    ]);
  });

  it.each(['1e3', '-1', '1,234', '12 50', '0x10', 'ten', '1.', '.5', '٣', 'Infinity', '$', '1.234.5'])(
    'leaves the price %j a text',
    (price) => {
      expect(csv(`${HEADER}\nT,S,"${price}",2,,`)).toEqual([row(2, { ...BOOK, price })]);
    },
  );

  it.each<[string, string, RegExp]>([
    ['', '', /empty/],
    ['blank lines', '\n\n', /empty/],
    ['missing columns', 'title,topic\n', /missing columns: price, quantity/],
    ['a broken first line', '"title,topic\n', /first line.*quote/],
    ['data without a header', 'T,S,1.5,2\n', /missing columns: title.*unknown columns: T, S, 1.5, 2/],
  ])('refuses a file with %s', (_, text, message) => {
    expect(() => csv(text)).toThrow(message);
  });

  const BOOKS = fileURLToPath(new URL('../../../../shared/data/books.csv', import.meta.url));
  (existsSync(BOOKS) ? it : it.skip)(`reads ${BOOKS} (skipped where it is absent)`, () => {
    const rows = csv(readFileSync(BOOKS, 'utf8'));
    expect(rows).toHaveLength(5000);
    expect(rows.every(({ kind }) => kind === 'row')).toBe(true);
  });
});

describe('JsonLinesReader', () => {
  it('reads one object a line and rejects the others', () => {
    expect(rowsOf(new JsonLinesReader(PLAIN), '{"title":"T"}\n\n[1]\nnull\n"x"\n{"a":\r\n{}\r\n')).toEqual([
      row(1, { title: 'T' }),
      rejected(3, 'the line is not a JSON object'),
      rejected(4, 'the line is not a JSON object'),
      rejected(5, 'the line is not a JSON object'),
      rejected(6, 'the line is not valid JSON'),
      row(7, {}),
    ]);
    expect(new JsonLinesReader(PLAIN).read({ number: 1, text: null })).toEqual([
      rejected(1, expect.stringContaining('longer')),
    ]);
  });
});
