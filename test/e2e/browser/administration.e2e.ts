import { ADMIN_TOKEN } from '../../support/layout.js';
import { describeInChromium } from './chromium.js';
import { OPENING_TIMEOUT_MS, OpenShop } from './shop.js';

const ROWS = `title,author,topic,price,quantity
Imported One,Somebody,Imports,12.5,3
Imported Two,,Imports,-1,3
Imported Three,,Imports,7,0
`;

describeInChromium('Administration in the browser', () => {
  let shop: OpenShop;
  beforeAll(async () => void (shop = await OpenShop.open()), OPENING_TIMEOUT_MS);
  afterEach(() => shop.empty());
  afterAll(() => shop?.close(), OPENING_TIMEOUT_MS);

  const enter = async (path: string) => {
    const visitor = await shop.visitor();
    await visitor.open(`${path}#token=${ADMIN_TOKEN}`);
    expect(visitor.page.url()).not.toContain(ADMIN_TOKEN);
    return visitor;
  };

  test('a wrong token opens nothing, the right one does until it is closed', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await visitor.open('/admin');
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Open' }).click();
    await visitor.reads('This token does not open anything.');
    await page.getByLabel('Token').fill(ADMIN_TOKEN);
    await page.getByRole('button', { name: 'Open' }).click();
    await visitor.reads('Restock');
    await page.reload();
    await visitor.reads('Restock');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.reload();
    await visitor.reads('Administration needs the token');
  });

  test('a book is added, edited and restocked', async () => {
    const visitor = await enter('/admin/add');
    const { page } = visitor;
    await page.getByLabel(/^Title/).fill('Made by Hand');
    await page.getByLabel(/^Author/).fill('A. Binder');
    await page.getByLabel('Topic', { exact: true }).fill('Crafts');
    await page.getByLabel('Price').fill('19.95');
    await page.getByLabel('Copies').fill('0');
    await page.getByRole('button', { name: 'Add the book' }).click();
    const id = Number(
      /\/book\/(\d+)/.exec((await page.locator('.result-good a').getAttribute('href')) ?? '')?.[1],
    );

    await page.getByRole('link', { name: 'Stock' }).click();
    // The fewest copies first.
    const row = page.getByRole('row', { name: /Made by Hand/ });
    expect(await page.getByRole('row').nth(1).textContent()).toContain('Made by Hand');
    await row.getByLabel('Copies to add to Made by Hand').fill('4');
    await row.getByRole('button', { name: 'Add' }).dblclick();
    await row.getByText('Only 4 copies left').waitFor();
    expect((await shop.owner.lookUp(id)).quantity).toBe(4);

    await row.getByRole('link').click();
    await page.getByLabel('Price').fill('21.5');
    await page.getByRole('button', { name: 'Save' }).click();
    await visitor.reads('Saved');
    expect(await shop.owner.lookUp(id)).toMatchObject({ price: 21.5, quantity: 4 });
  });

  test('an edit of a book that changed meanwhile is refused', async () => {
    const book = await shop.owner.addBook('Edited Twice', 5);
    const visitor = await enter(`/admin/edit?book=${book.id}`);
    await visitor.page.getByLabel(/^Title/).waitFor();
    await shop.owner.edit(book.id, { price: 30 });
    await visitor.page.getByLabel('Price').fill('1');
    await visitor.page.getByRole('button', { name: 'Save' }).click();
    await visitor.reads('not at the sequenceNumber given any more');
    expect((await shop.owner.lookUp(book.id)).price).toBe(30);
  });

  test('author and number are changed, the book hidden and brought back, and all of it kept under a name', async () => {
    await shop.owner.addBook('Has the Number', 5, { isbn: '978-0-596-52068-7' });
    const { id } = await shop.owner.addBook('Hide and Seek', 5, { author: 'A. Binder' });
    const visitor = await enter(`/admin/edit?book=${id}`);
    const { page } = visitor;
    await page.getByLabel(/^Your name/).fill(' Ada  Lovelace ');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await visitor.reads('Changes are kept under the name');

    await page.getByLabel(/^ISBN/).fill('9780596520687');
    await page.getByRole('button', { name: 'Save' }).click();
    await visitor.reads('A book with this isbn, or this title and author, is there already: Has the Number');
    await page.getByLabel(/^ISBN/).fill('978-0-201-63361-0');
    await page.getByLabel(/^Author/).fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await visitor.reads('Saved');
    expect(await shop.owner.lookUp(id)).toMatchObject({ isbn: '978-0-201-63361-0' });
    expect(await shop.owner.lookUp(id)).not.toHaveProperty('author');

    await page.getByRole('button', { name: 'Hide the book' }).click();
    await visitor.reads('Nobody but administrators sees this book');
    expect(await shop.owner.lookUp(id)).toMatchObject({ message: expect.stringContaining('does not exist') });
    await page.getByRole('link', { name: 'Hidden', exact: true }).click();
    await page.getByLabel('Title, author, topic or ISBN').fill('SEEK');
    await page.getByRole('button', { name: 'Find', exact: true }).click();
    await page.getByRole('link', { name: 'Hide and Seek', exact: true }).click();
    await page.getByRole('button', { name: 'Bring it back' }).click();
    await visitor.reads('Everybody sees this book');
    expect((await shop.owner.lookUp(id)).quantity).toBe(5);

    const changes = page.getByRole('region', { name: 'History' }).getByRole('listitem');
    await changes.filter({ hasText: 'Brought the book back' }).first().waitFor();
    const told = (await page.locator('.history-list > li').allTextContents()).map((text) => text.trim());
    expect(told).toHaveLength(4);
    expect(told[1]).toMatch(/^Ada Lovelace.*Hid the book$/);
    expect(told[2]).toMatch(/^Ada Lovelace.*Author A\. Binder → none.*ISBN none → 978-0-201-63361-0$/);
    expect(told[3]).toMatch(/^—.*Added the book$/);
  });

  test('orders are found, and cancelled when that was really meant', async () => {
    const books = [await shop.owner.addBook('Returned', 5), await shop.owner.addBook('Returned Too', 5)];
    const [first, second] = books.map(({ id }) => id) as [number, number];
    const orderId = await shop.owner.order(
      [
        { bookId: first, quantity: 3 },
        { bookId: second, quantity: 1 },
      ],
      'cart of a test',
    );
    const visitor = await enter('/admin/orders');
    const { page } = visitor;
    await page.getByRole('link', { name: orderId }).waitFor();
    for (const [by, name, text] of [
      ['order', 'Order number', orderId],
      ['book', 'Book number', String(second)],
      ['reference', 'Reference', 'cart of a test'],
    ] as const) {
      await page.getByRole('combobox', { name: 'Find by' }).selectOption(by);
      await page.getByRole('textbox', { name }).fill(text);
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await page.waitForURL(/\?/);
      await page.getByRole('link', { name: orderId }).waitFor();
      expect(await page.locator('.admin-row').count()).toBe(1);
    }

    await page.getByRole('button', { name: /^Cancel/ }).click();
    await page.getByRole('button', { name: 'Keep the order' }).click();
    expect((await shop.owner.lookUp(first)).quantity).toBe(2);
    await page.getByRole('button', { name: /^Cancel/ }).click();
    await page.getByLabel('What').selectOption('Only Returned');
    await page.getByLabel(/^Copies/).fill('2');
    await page.getByRole('button', { name: 'Return 2 copies to stock' }).dblclick();
    await visitor.reads('(2 cancelled)');
    await visitor.reads('Partly cancelled');
    expect((await shop.owner.lookUp(first)).quantity).toBe(4);
    await page.getByRole('button', { name: /^Cancel/ }).click();
    await page.getByRole('button', { name: 'Return 2 copies to stock' }).click();
    await page.locator('.order-state', { hasText: /^Cancelled$/ }).waitFor();
    expect((await shop.owner.lookUp(first)).quantity).toBe(5);
    expect((await shop.owner.lookUp(second)).quantity).toBe(5);
  });

  test('what is held is seen, with what its client calls it', async () => {
    const { id } = await shop.owner.addBook('Held Back', 5);
    await shop.owner.hold([{ bookId: id, quantity: 2 }], 'a payment under way');
    const visitor = await enter('/admin/held');
    await visitor.reads('a payment under way');
    await visitor.reads(/9:\d\d left/);
    await visitor.page.getByRole('button', { name: /^Release… what is held of Held Back/ }).click();
    await visitor.page.getByRole('button', { name: 'Keep them' }).click();
    expect((await shop.owner.lookUp(id)).quantity).toBe(3);
    await visitor.page.getByRole('button', { name: /^Release…/ }).click();
    await visitor.page.getByRole('button', { name: 'Release the copies' }).click();
    await visitor.reads(/^Released$/);
    expect((await shop.owner.lookUp(id)).quantity).toBe(5);
    await visitor.page.getByRole('textbox', { name: 'Reference' }).fill('nobody');
    await visitor.page.getByRole('button', { name: 'Find', exact: true }).click();
    await visitor.reads('Nothing is held');
  });

  test('a file is imported, and the rows that are not taken are listed with their reasons', async () => {
    const visitor = await enter('/admin/import');
    const file = { name: 'books.csv', mimeType: 'text/csv', buffer: Buffer.from(ROWS) };
    await visitor.page.locator('input[type=file]').setInputFiles(file);
    await visitor.reads('The first books, as they would be added');
    await visitor.page.getByRole('button', { name: 'Add these books' }).click();
    await visitor.reads('2 books added');
    await visitor.reads('1 row not taken');
    await visitor.page.getByRole('row', { name: /^3 price/ }).waitFor();
    await visitor.page.locator('input[type=file]').setInputFiles(file);
    await visitor.page.getByRole('button', { name: 'Add these books' }).click();
    await visitor.reads('2 were there already');
  });

  test('what a file does not tell is asked for, and what differs is set when wished', async () => {
    const visitor = await enter('/admin/import');
    const { page } = visitor;
    const fileOf = (price: string) => ({
      name: 'liste.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`Nom;Prix;Stock;Rayon\nCaf\xe9;${price};3;B4\n`, 'latin1'),
    });
    const answer = async (price: string) => {
      await page.locator('input[type=file]').setInputFiles(fileOf(price));
      await page.getByRole('combobox', { name: 'Encoding', exact: true }).selectOption('windows-1252');
      await visitor.reads('No column was found for title, topic');
      await page.getByRole('combobox', { name: 'Title', exact: true }).selectOption('Nom');
      await visitor.reads('No column was found for topic');
      await page.getByRole('combobox', { name: 'Topic', exact: true }).selectOption('The same for all…');
      await page.getByLabel('Topic of all books').fill('Bistros');
      await page.getByLabel('Topic of all books').press('Tab');
      await page.getByRole('row', { name: /Café.*Bistros.*12\.50/ }).waitFor();
      await page.getByRole('button', { name: 'Add these books' }).click();
    };
    await answer('12,50');
    await visitor.reads('1 book added');
    await page.reload();
    await page.locator('input[type=file]').setInputFiles({
      name: 'new.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('name,genre,price,stock\nCafé,Bistros,13.00,3\n'),
    });
    await page.getByRole('button', { name: 'Add these books' }).click();
    await visitor.reads('1 book with another price or stock');
    await page.getByRole('button', { name: 'Set them to what the file says' }).click();
    await visitor.reads('1 book set to what the file says');
  });
});
