import { type Page, type Route } from 'playwright-core';
import { until } from '../../support/until.js';
import { type BookSeen, describeInChromium, loseAnswer, type Visitor } from './chromium.js';
import { OPENING_TIMEOUT_MS, OpenShop } from './shop.js';

describeInChromium('A basket in the browser', () => {
  let shop: OpenShop;
  beforeAll(async () => void (shop = await OpenShop.open()), OPENING_TIMEOUT_MS);
  afterEach(() => shop.empty());
  afterAll(() => shop?.close(), OPENING_TIMEOUT_MS);

  const leftOf = async ({ id }: BookSeen): Promise<number> => (await shop.owner.lookUp(id)).quantity;

  test('three books are held, paid and confirmed, over a reload in the middle', async () => {
    const books = [
      await shop.owner.addBook('First of Three', 5, { price: 10.1 }),
      await shop.owner.addBook('Second of Three', 5, { price: 20.2 }),
      await shop.owner.addBook('Third of Three', 5, { price: 0.05 }),
    ];
    const visitor = await shop.visitor();
    const { page } = visitor;
    await fill(visitor, books);
    await visitor.open('/basket');
    await page.getByRole('button', { name: 'One copy more of Third of Three' }).click();
    // In cents: 10.1 + 20.2 + 2 * 0.05 is another number as a fraction.
    await visitor.reads('$30.40');
    await checkOut(visitor);
    await visitor.reads('Held for you for');
    expect(await Promise.all(books.map(leftOf))).toEqual([4, 4, 3]);
    await page.reload();
    await visitor.reads('Held for you for');
    await visitor.reads('no money moves in this shop');
    await page.getByRole('button', { name: 'Pay $30.40' }).click();
    await visitor.reads('All 4 copies are yours.');
    const orderNumber = await visitor.orderNumber();
    for (const { id } of books) {
      expect(await shop.owner.orders(id)).toEqual([expect.objectContaining({ orderId: orderNumber })]);
    }
    expect(await Promise.all(books.map(leftOf))).toEqual([4, 4, 3]);

    await page.getByRole('link', { name: 'My orders' }).click();
    await page.getByRole('link', { name: 'First of Three and 2 more books' }).click();
    await visitor.reads('Third of Three');
    await visitor.reads('$30.40');
    await visitor.open('/basket');
    await visitor.reads('Your basket is empty');
  });

  test('it survives a reload, and all tabs of a browser agree', async () => {
    const book = await shop.owner.addBook('In Two Tabs', 2);
    const visitor = await shop.visitor();
    await fill(visitor, [book]);
    await visitor.page.reload();
    const badge = (page: Page) => page.getByRole('link', { name: /^Basket 1 copy/ });
    await badge(visitor.page).waitFor();
    const other = await visitor.page.context().newPage();
    await other.goto(visitor.page.url());
    await badge(other).waitFor();
    // All there are, and no more.
    await other.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await visitor.page.getByRole('link', { name: /^Basket 2 copies/ }).waitFor();
    await other.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await other.getByText('All 2 copies left are in your basket').waitFor();
    await visitor.open('/basket');
    await visitor.page.getByRole('button', { name: 'Remove In Two Tabs' }).click();
    await visitor.reads('Your basket is empty');
    await other.getByRole('link', { name: 'Basket', exact: true }).waitFor();
    await other.close();
  });

  test('what changed since it was added is said beside it', async () => {
    const dearer = await shop.owner.addBook('Dearer Meanwhile', 5);
    const fewer = await shop.owner.addBook('Fewer Meanwhile', 5);
    const visitor = await shop.visitor();
    const { page } = visitor;
    await fill(visitor, [dearer, fewer]);
    await visitor.open('/basket');
    await page.getByRole('spinbutton', { name: 'Copies of Fewer Meanwhile' }).fill('30');
    await page.keyboard.press('Tab');
    await visitor.reads('You want 30, and 5 are left.');
    await page.getByRole('button', { name: 'Take 5' }).click();
    await shop.owner.edit(dearer.id, { price: 14 });
    await shop.owner.edit(fewer.id, { quantity: 3 });
    await visitor.reads('Dearer than when you added it: $14.00 instead of $12.50.');
    await visitor.reads('You want 5, and 3 are left.');
    await shop.owner.edit(fewer.id, { quantity: 0 });
    await visitor.reads('Sold out meanwhile.');
    await page.getByRole('button', { name: 'Remove Fewer Meanwhile' }).click();
    await checkOut(visitor);
    await page.getByRole('button', { name: 'Pay $14.00' }).waitFor();
    await page.getByRole('button', { name: 'Leave without buying' }).click();
    await visitor.reads('the copies are on sale again');
    expect(await leftOf(dearer)).toBe(5);
  });

  test('when the time runs out the copies are on sale again, and may be held once more', async () => {
    const book = await shop.owner.addBook('Too Slow', 1);
    const visitor = await shop.visitor();
    const { page } = visitor;
    await page.route('**/holds', (route) => holdFor(route, 2));
    await fill(visitor, [book]);
    await visitor.open('/basket');
    await checkOut(visitor);
    await page.getByRole('heading', { name: 'The time ran out' }).waitFor();
    expect(await leftOf(book)).toBe(1);
    expect(await shop.owner.orders(book.id)).toEqual([]);
    await page.unroute('**/holds');
    await page.getByRole('button', { name: 'Hold again' }).click();
    await page.getByRole('button', { name: /^Pay/ }).click();
    await visitor.orderNumber();
    expect(await leftOf(book)).toBe(0);
  });

  test('two browsers and the last copy in one basket each: one holds it, the other is told', async () => {
    const last = await shop.owner.addBook('The Last in a Basket', 1);
    const beside = await shop.owner.addBook('Enough for Both', 5);
    const visitors = [await shop.visitor(), await shop.visitor()];
    for (const visitor of visitors) {
      await fill(visitor, [last, beside]);
      await visitor.open('/basket');
      // Both press before either hears of the other.
      await visitor.reads('All of it is held for ten minutes');
    }
    await Promise.all(visitors.map(checkOut));
    const headings = await Promise.all(
      visitors.map(async ({ page }) => {
        await page.locator('.countdown, .lacking').waitFor();
        return (await page.locator('.countdown').count()) === 1;
      }),
    );
    expect(headings.filter((held) => held)).toHaveLength(1);
    const [winner, loser] = headings[0] ? visitors : [...visitors].reverse();
    if (!winner || !loser) throw new Error('two visitors');
    await loser.reads('1 wanted, none left');
    // Nothing of a basket that was refused is held.
    expect(await leftOf(beside)).toBe(4);
    await winner.page.getByRole('button', { name: /^Pay/ }).click();
    await winner.orderNumber();
    await loser.page.getByRole('button', { name: 'Take what is left: 1 copy for $12.50' }).click();
    await loser.page.getByRole('button', { name: /^Pay/ }).click();
    await loser.orderNumber();
    expect([await leftOf(last), await leftOf(beside)]).toEqual([0, 3]);
    expect(await shop.owner.orders(last.id)).toHaveLength(1);
  });

  test('when answers are lost the page asks again, and nothing is held or bought twice', async () => {
    const books = [await shop.owner.addBook('Lost Hold', 5), await shop.owner.addBook('Lost Payment', 5)];
    const visitor = await shop.visitor();
    const { page } = visitor;
    const keys: (string | undefined)[] = [];
    await page.route('**/holds', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length === 1) await loseAnswer(route);
      else await route.continue();
    });
    let payments = 0;
    await page.route('**/confirm', (route) => (++payments === 1 ? loseAnswer(route) : route.continue()));
    await fill(visitor, books);
    await visitor.open('/basket');
    await checkOut(visitor);
    await visitor.reads('The shop did not answer in time.');
    await page.getByRole('button', { name: /^Pay/ }).click();
    await visitor.reads('We are checking whether your order went through');
    await visitor.orderNumber();
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect(payments).toBe(2);
    expect(await Promise.all(books.map(leftOf))).toEqual([4, 4]);
  });

  test('a second tab follows what the first one does', async () => {
    const book = await shop.owner.addBook('Paid Elsewhere', 5);
    const visitor = await shop.visitor();
    await fill(visitor, [book]);
    await visitor.open('/basket');
    await checkOut(visitor);
    await visitor.reads('Held for you for');
    const other = await visitor.page.context().newPage();
    await other.goto(visitor.page.url());
    await other.getByText('Held for you for').waitFor();
    await visitor.page.getByRole('button', { name: /^Pay/ }).click();
    const orderNumber = await visitor.orderNumber();
    await other.getByRole('link', { name: orderNumber }).waitFor();
    await other.close();
    expect(await leftOf(book)).toBe(4);
  });

  test('a cancelled order is shown as such', async () => {
    const books = [await shop.owner.addBook('Cancelled', 5), await shop.owner.addBook('Cancelled Too', 5)];
    const visitor = await shop.visitor();
    await fill(visitor, books);
    await visitor.open('/basket');
    await checkOut(visitor);
    await visitor.page.getByRole('button', { name: /^Pay/ }).click();
    const orderNumber = await visitor.orderNumber();
    await shop.owner.cancel(orderNumber, { bookId: books[0]?.id });
    await visitor.open('/my-orders');
    await visitor.reads('Partly cancelled');
    await shop.owner.cancel(orderNumber);
    await visitor.open(`/order/${orderNumber}`);
    await visitor.reads('Of this, cancelled');
    await visitor.page.locator('.receipt > .order-state', { hasText: /^Cancelled$/ }).waitFor();
    await until('all is on sale again', async () => (await Promise.all(books.map(leftOf))).join() === '5,5');
  });

  test('who wants 30 of 25 is told so, and takes what is left at once', async () => {
    const book = await shop.owner.addBook('Thirty Wanted', 25);
    const visitor = await shop.visitor();
    const { page } = visitor;
    await visitor.open(`/book/${book.id}`);
    await page.getByLabel('Copies', { exact: true }).fill('30');
    await page.keyboard.press('Tab');
    await visitor.reads('You want 30, and 25 are left.');
    await page.getByRole('button', { name: 'Take 25' }).click();
    await page.getByRole('button', { name: 'Buy 25 for $312.50' }).click();
    await visitor.reads('25 copies are yours.');
    expect(await leftOf(book)).toBe(0);
  });
});

async function fill(visitor: Visitor, books: readonly BookSeen[]): Promise<void> {
  for (const { id } of books) {
    await visitor.open(`/book/${id}`);
    await visitor.page.getByRole('button', { name: 'Add to basket', exact: true }).click();
    await visitor.page.getByText(/^In your basket/).waitFor();
  }
}

async function checkOut({ page }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'Check out' }).click();
}

/** As if the page asked for another time: nobody waits ten minutes here. */
async function holdFor(route: Route, ttlSeconds: number): Promise<void> {
  const asked = route.request().postDataJSON() as object;
  await route.continue({ postData: JSON.stringify({ ...asked, ttlSeconds }) });
}
