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
    await page.getByLabel('Title').fill('Made by Hand');
    await page.getByLabel('Author').fill('A. Binder');
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
    await visitor.page.getByLabel('Title').waitFor();
    await shop.owner.edit(book.id, { price: 30 });
    await visitor.page.getByLabel('Price').fill('1');
    await visitor.page.getByRole('button', { name: 'Save' }).click();
    await visitor.reads('not at the sequenceNumber given any more');
    expect((await shop.owner.lookUp(book.id)).price).toBe(30);
  });

  test('a file is imported, and the rows that are not taken are listed with their reasons', async () => {
    const visitor = await enter('/admin/import');
    const file = { name: 'books.csv', mimeType: 'text/csv', buffer: Buffer.from(ROWS) };
    await visitor.page.locator('input[type=file]').setInputFiles(file);
    await visitor.reads('2 books added');
    await visitor.reads('1 row not taken');
    await visitor.page.getByRole('row', { name: /^3 price/ }).waitFor();
    await visitor.page.locator('input[type=file]').setInputFiles(file);
    await visitor.reads('2 were there already');
  });
});
