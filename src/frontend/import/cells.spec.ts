import { copiesIn, isbnIn, listIn, numberIn, textIn } from './cells.js';

describe('cells of a file', () => {
  it.each([
    ['12.50', 12.5],
    ['$12.50', 12.5],
    ['US$ 12.50', 12.5],
    ['12.50 USD', 12.5],
    ['12,50', 12.5],
    ['12,5 €', 12.5],
    ['€\u00a01.234,50', 1234.5],
    ['1,234.50', 1234.5],
    ['1\u202f234,50', 1234.5],
    ["1'234.50", 1234.5],
    ['1,234,567', 1_234_567],
    ['£7', 7],
    ['0', 0],
  ])('reads the price %j', (text, price) => {
    expect(numberIn(text)).toBe(price);
  });

  it.each(['1,234', '1.2.3', '12 50', '-1', '1e3', 'free', '$', '12.50.', '1,23,456'])(
    'leaves the price %j as it is',
    (text) => {
      expect(numberIn(text)).toBe(text);
    },
  );

  it.each<[string, number | string]>([
    ['12', 12],
    ['12.0', 12],
    ['1,200', 1200],
    ['1 200', 1200],
    ['1.000', '1.000'],
    ['1.5', '1.5'],
    ['-1', '-1'],
    ['many', 'many'],
  ])('reads %j copies', (text, copies) => {
    expect(copiesIn(text)).toBe(copies);
  });

  it.each<[string[], ReturnType<typeof isbnIn>]>([
    [['="0439023483"'], { isbn: '0439023483' }],
    [['=""'], {}],
    [['9.78043902348e+12', '439023483'], { isbn: '439023483' }],
    [['9.78044E+12'], 'shortened'],
    [['9780439023481.0'], { isbn: '9780439023481' }],
    [['n/a', 'ISBN: 0-306-40615-2'], { isbn: '0-306-40615-2' }],
    [['2024000100', '0306406152'], { isbn: '0306406152' }],
    [['2024000100'], { isbn: '2024000100' }],
    [['', '-'], {}],
  ])('finds the number in %j', (cells, found) => {
    expect(isbnIn(cells)).toEqual(found);
  });

  it('reads lists, and what stands for nothing', () => {
    expect(listIn(`['J. K. Rowling', "Mary O'Hara"]`)).toEqual(['J. K. Rowling', "Mary O'Hara"]);
    expect(listIn('[untitled]')).toEqual(['[untitled]']);
    expect(['  a ', 'N/A', 'NULL', '--', ' '].map(textIn)).toEqual([
      'a',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
