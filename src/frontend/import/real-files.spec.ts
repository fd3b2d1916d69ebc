import { CsvReader, type RawRow, type ReaderOptions } from './records.js';

const PLAIN: ReaderOptions = { map: new Map(), set: new Map(), separator: null, preview: false };
function read(text: string, options: Partial<ReaderOptions> = {}) {
  const reader = new CsvReader({ ...PLAIN, ...options });
  const rows: RawRow[] = [
    ...text.split('\n').flatMap((line, index) => reader.read({ number: index + 1, text: line })),
    ...reader.end(),
  ];
  return { rows, understood: reader.understood() };
}
const fieldsOf = (rows: readonly RawRow[]) =>
  rows.map((row) => (row.kind === 'row' ? row.fields : row.reason));

/** Headers and rows as these programs write them. */
describe('files that people have', () => {
  it('goodbooks-10k: no prices and copies, ISBNs that a program shortened', () => {
    const file = `book_id,books_count,isbn,isbn13,authors,original_title,title,language_code
1,272,439023483,9.78043902348e+12,Suzanne Collins,The Hunger Games,"The Hunger Games (The Hunger Games, #1)",eng`;
    expect(() => read(file)).toThrow(/missing columns: topic, price, quantity.*books_count/);
    const set = new Map([
      ['topic', 'Novels'],
      ['price', '9,99'],
      ['quantity', '0'],
    ] as const);
    const { rows, understood } = read(file, { set });
    expect(fieldsOf(rows)).toEqual([
      {
        title: 'The Hunger Games (The Hunger Games, #1)',
        author: 'Suzanne Collins',
        isbn: '439023483',
        topic: 'Novels',
        price: 9.99,
        quantity: 0,
      },
    ]);
    expect(understood).toMatchObject({
      separator: ',',
      columns: { title: ['title'], author: ['authors'], isbn: ['isbn13', 'isbn'] },
      leftOut: ['book_id', 'books_count', 'original_title', 'language_code'],
    });
  });

  it('Kaggle’s book crossing: semicolons and hyphens', () => {
    const file = `"ISBN";"Book-Title";"Book-Author";"Year-Of-Publication";"Publisher";"Category";"Price";"Stock"
"034545104X";"Flesh Tones: A Novel";"M. J. Rose";"2002";"Ballantine Books";"Fiction";"7,99";"4"`;
    expect(fieldsOf(read(file).rows)).toEqual([
      {
        title: 'Flesh Tones: A Novel',
        author: 'M. J. Rose',
        isbn: '034545104X',
        topic: 'Fiction',
        price: 7.99,
        quantity: 4,
      },
    ]);
  });

  it('Kaggle’s Amazon books: lists as Python writes them', () => {
    const file = `Title,authors,publisher,categories,Price,Qty
Wonderful Worship,['David R. Ray'],,['Religion'],$19.40,3`;
    expect(fieldsOf(read(file).rows)).toEqual([
      { title: 'Wonderful Worship', author: 'David R. Ray', topic: 'Religion', price: 19.4, quantity: 3 },
    ]);
  });

  it.each(['="0439023483",="9780439023481"', '"=""0439023483""","=""9780439023481"""'])(
    'a Goodreads export with %s',
    (numbers) => {
      const file = `Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Bookshelves,Exclusive Shelf,Owned Copies
2767052,"The Hunger Games (The Hunger Games, #1)",Suzanne Collins,"Collins, Suzanne",,${numbers},5,young-adult,read,1`;
      expect(fieldsOf(read(file, { set: new Map([['price', '5']]) }).rows)).toEqual([
        {
          title: 'The Hunger Games (The Hunger Games, #1)',
          author: 'Suzanne Collins',
          isbn: '9780439023481',
          topic: 'young-adult',
          price: 5,
          quantity: 1,
        },
      ]);
    },
  );

  it('a Shopify export', () => {
    const file = `Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Variant SKU,Variant Inventory Qty,Variant Price,Variant Barcode
dune,Dune,"<p>Arrakis, <b>""Dune""</b></p>",Ace,Books,Science Fiction,"a, b",true,D-1,12,9.99,9780441172719`;
    expect(fieldsOf(read(file).rows)).toEqual([
      { title: 'Dune', isbn: '9780441172719', topic: 'Books', price: 9.99, quantity: 12 },
    ]);
    const map = new Map([['topic', 'type']] as const);
    expect(fieldsOf(read(file, { map }).rows)).toMatchObject([{ topic: 'Science Fiction' }]);
  });

  it('a WooCommerce export', () => {
    const file = `ID,Type,SKU,"GTIN, UPC, EAN, or ISBN",Name,Published,"In stock?",Stock,"Sale price","Regular price",Categories
7,simple,S7,9780441172719,Dune,1,1,12,,9.99,"Books > Science Fiction"`;
    expect(fieldsOf(read(file).rows)).toEqual([
      {
        title: 'Dune',
        isbn: '9780441172719',
        topic: 'Books > Science Fiction',
        price: 9.99,
        quantity: 12,
      },
    ]);
  });

  it.each([';', '\t', '|'])(
    'what %j separates, and a first line that Excel writes for itself',
    (separator) => {
      const lines = ['Titel;Kategorie;Preis;Bestand', '"A; B";T;1.234,50;2']
        .join('\n')
        .replaceAll(';', separator);
      for (const first of ['', `sep=${separator}\n`]) {
        expect(fieldsOf(read(first + lines).rows)).toEqual([
          { title: `A${separator} B`.trim(), topic: 'T', price: 1234.5, quantity: 2 },
        ]);
      }
    },
  );

  it('names a column that is not there', () => {
    const map = new Map([['title', 'Nom']] as const);
    expect(() => read('title,topic,price,quantity', { map })).toThrow(/no column Nom/);
  });
});
