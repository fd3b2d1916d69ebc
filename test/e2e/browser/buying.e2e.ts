import { until } from '../../support/until.js';
import { describeInChromium, loseAnswer } from './chromium.js';
import { OPENING_TIMEOUT_MS, OpenShop } from './shop.js';

describeInChromium('Buying in the browser', () => {
  let shop: OpenShop;
  beforeAll(async () => void (shop = await OpenShop.open()), OPENING_TIMEOUT_MS);
  afterEach(() => shop.empty());
  afterAll(() => shop?.close(), OPENING_TIMEOUT_MS);

  test('from a search to the order', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('searchbox').fill('graduate');
    await visitor.reads('2 books for “graduate”');
    expect(new URL(page.url()).search).toBe('?q=graduate');
    await page.getByRole('link', { name: 'Cooking for the Impatient Graduate Student' }).click();
    await visitor.reads('25 copies left');
    await page.getByRole('button', { name: 'One copy more' }).click();
    await page.getByRole('button', { name: 'Buy 2 for $20.00' }).click();
    const orderNumber = await visitor.orderNumber();
    await visitor.reads('23 copies left');
    expect(await shop.owner.orders(4)).toEqual([
      expect.objectContaining({ orderId: orderNumber, quantity: 2 }),
    ]);

    await page.getByRole('link', { name: orderNumber }).click();
    await visitor.reads('$10.00 each');
    await page.reload();
    await visitor.reads(orderNumber);
    await page.getByRole('link', { name: 'My orders' }).click();
    await visitor.reads('Cooking for the Impatient Graduate Student');
  });

  test('a double click buys once', async () => {
    const book = await shop.owner.addBook('Clicked Twice', 5);
    const visitor = await shop.visitor();
    await visitor.open(`/book/${book.id}`);
    await visitor.page.getByRole('button', { name: 'Buy this book' }).dblclick();
    await visitor.orderNumber();
    expect(await shop.owner.orders(book.id)).toHaveLength(1);
    expect((await shop.owner.lookUp(book.id)).quantity).toBe(4);
  });

  test('two browsers and the last copy: one has it, the other is told', async () => {
    const book = await shop.owner.addBook('The Last Copy', 1);
    const [one, other] = [await shop.visitor(), await shop.visitor()];
    await one.open(`/book/${book.id}`);
    await other.open(`/book/${book.id}`);
    await Promise.all([one.buy(), other.buy()]);
    const results = await Promise.all(
      [one, other].map(async ({ page }) => {
        await page.locator('.result-good, .result-bad').waitFor();
        return page.locator('.result').textContent();
      }),
    );
    expect(results.filter((text) => text?.includes('It’s yours'))).toHaveLength(1);
    expect(results.filter((text) => text?.includes('Nothing was bought'))).toHaveLength(1);
    await Promise.all([one.reads('Sold out'), other.reads('Sold out')]);
    expect(await shop.owner.orders(book.id)).toHaveLength(1);
  });

  test('when the answer is lost the page says so, and asks again under the same key', async () => {
    const book = await shop.owner.addBook('Lost on the Way', 5);
    const visitor = await shop.visitor();
    const keys: (string | undefined)[] = [];
    await visitor.page.route('**/orders', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length === 1) await loseAnswer(route);
      else await route.continue();
    });
    await visitor.open(`/book/${book.id}`);
    await visitor.buy();
    await visitor.reads('We are checking whether your order went through.');
    const orderNumber = await visitor.orderNumber();
    expect(new Set(keys).size).toBe(1);
    expect(await shop.owner.orders(book.id)).toEqual([expect.objectContaining({ orderId: orderNumber })]);
    expect((await shop.owner.lookUp(book.id)).quantity).toBe(4);
  });

  test('a reload while the outcome is unknown buys nothing twice', async () => {
    const book = await shop.owner.addBook('Reloaded', 5);
    const visitor = await shop.visitor();
    await visitor.page.route('**/orders', loseAnswer);
    await visitor.open(`/book/${book.id}`);
    await visitor.buy();
    await visitor.reads('We are checking whether your order went through.');
    await visitor.page.reload();
    await visitor.reads('We are checking whether your order went through.');
    await visitor.page.unroute('**/orders');
    await visitor.page.reload();
    await visitor.orderNumber();
    await visitor.open('/my-orders');
    await visitor.reads('Reloaded');
    expect(await shop.owner.orders(book.id)).toHaveLength(1);
  });

  test('a price that changed meanwhile is not paid', async () => {
    const book = await shop.owner.addBook('Dearer', 5);
    const visitor = await shop.visitor();
    await visitor.open(`/book/${book.id}`);
    await visitor.reads('$12.50');
    await visitor.page.route('**/lookup/*', (route) => route.abort());
    await shop.owner.edit(book.id, { price: 14 });
    await visitor.buy();
    await visitor.reads('The price changed meanwhile');
    expect(await shop.owner.orders(book.id)).toEqual([]);
    await visitor.page.locator('.book-price', { hasText: '$14.00' }).waitFor();
    await visitor.buy();
    await visitor.orderNumber();
  });

  test('price and copies are live', async () => {
    const book = await shop.owner.addBook('Moving', 50);
    const visitor = await shop.visitor();
    await visitor.open(`/book/${book.id}`);
    await visitor.reads('50 copies left');
    await shop.owner.edit(book.id, { quantity: 3, price: 9.99 });
    await visitor.reads('Only 3 copies left');
    await visitor.reads('$9.99');
  });

  test('the keyboard alone is enough', async () => {
    const book = await shop.owner.addBook('Typed', 5);
    const visitor = await shop.visitor();
    const { keyboard } = visitor.page;
    const focused = () => visitor.page.evaluate('document.activeElement?.textContent ?? ""');
    const tabTo = async (name: string): Promise<void> => {
      for (let tabs = 0; tabs < 60; tabs++) {
        await keyboard.press('Tab');
        if (String(await focused()).includes(name)) return;
      }
      throw new Error(`the keyboard does not reach ${name}`);
    };
    await visitor.open('/');
    await keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the books');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('testing');
    await visitor.reads('“testing”');
    await visitor.reads('Typed');
    await tabTo('Typed');
    await keyboard.press('Enter');
    await visitor.reads('5 copies left');
    expect(await visitor.page.evaluate('document.activeElement?.id')).toBe('main');
    await tabTo('Buy this book');
    await keyboard.press('Enter');
    await visitor.orderNumber();
    await until('it was bought once', async () => (await shop.owner.orders(book.id)).length === 1);
  });

  test('the answer to an earlier search does not replace that to a later one', async () => {
    const visitor = await shop.visitor();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let late: Promise<void> = Promise.resolve();
    const isFirst = (url: URL): boolean =>
      url.pathname === '/books' && url.searchParams.get('q') === 'distributed';
    await visitor.page.route(isFirst, (route) => {
      late = held.then(() => route.continue());
      return late;
    });
    await visitor.open('/');
    const box = visitor.page.getByRole('searchbox');
    const asked = visitor.page.waitForRequest((request) => isFirst(new URL(request.url())));
    await box.fill('distributed');
    await asked;
    await box.fill('developer');
    await visitor.reads('Spring in the Pioneer Valley');
    release();
    await late.catch(() => undefined);
    await visitor.reads('1 book for “developer”');
    expect(await visitor.page.getByText('RPCs for Dummies').count()).toBe(0);
  });
});
