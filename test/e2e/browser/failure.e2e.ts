import { type Browser } from 'playwright-core';
import { BookstoreOfProcesses, buildDist } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { describeInChromium, launchChromium, Owner, Visitor } from './chromium.js';
import { OPENING_TIMEOUT_MS } from './shop.js';

describeInChromium('Buying while a catalog dies', () => {
  let bookstore: BookstoreOfProcesses;
  let browser: Browser;
  beforeAll(async () => {
    buildDist();
    bookstore = await BookstoreOfProcesses.start({ catalogs: 3, orders: 1, frontEnds: 1 });
    browser = await launchChromium();
  }, OPENING_TIMEOUT_MS);
  afterAll(async () => {
    await browser?.close();
    await bookstore?.end();
  }, OPENING_TIMEOUT_MS);

  test('the purchase in flight is made once, and its buyer is told', async () => {
    const base = bookstore.frontEnds[0]?.address ?? '';
    const owner = new Owner(base);
    const visitor = await Visitor.arrive(browser, base);
    await visitor.open('/book/3');
    await visitor.reads('10 copies left');
    let attempts = 0;
    await visitor.page.route('**/orders', async (route) => {
      attempts += 1;
      const sent = route.continue();
      // The one that the order server sells through.
      if (attempts === 1) await bookstore.catalogs[0]?.kill();
      await sent;
    });
    await visitor.buy();
    const link = visitor.page.locator('.result-good a');
    await link.waitFor({ timeout: 60_000 });
    const orderId = await link.textContent();
    await until('the order is found', async () => (await fetch(`${base}/orders/${orderId}`)).status === 200);
    await until('one copy is gone', async () => (await owner.lookUp(3)).quantity === 9);
    expect(await owner.orders(3)).toEqual([expect.objectContaining({ orderId })]);
    await visitor.leave();
  }, 120_000);

  test('a basket of three that is held is paid for while a catalog is dead', async () => {
    const base = bookstore.frontEnds[0]?.address ?? '';
    const owner = new Owner(base);
    // The test before killed it.
    bookstore.catalogs[0]?.start();
    await bookstore.ready();
    const ids = [4, 5, 7];
    const before = await Promise.all(ids.map((id) => owner.lookUp(id)));
    const visitor = await Visitor.arrive(browser, base);
    const { page } = visitor;
    for (const id of ids) {
      await visitor.open(`/book/${id}`);
      await page.getByRole('button', { name: 'Add to basket', exact: true }).click();
      await page.getByText(/^In your basket/).waitFor();
    }
    await visitor.open('/basket');
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByText('Held for you for').waitFor({ timeout: 60_000 });
    await bookstore.catalogs[0]?.kill();
    await page.getByRole('button', { name: /^Pay/ }).click();
    const link = visitor.page.locator('.result-good a');
    await link.waitFor({ timeout: 60_000 });
    const orderId = await link.textContent();
    for (const [index, id] of ids.entries()) {
      await until(`one copy of book ${id} is gone`, async () => {
        return (await owner.lookUp(id)).quantity === (before[index]?.quantity ?? 0) - 1;
      });
      expect(await owner.orders(id)).toEqual([expect.objectContaining({ orderId })]);
    }
    await visitor.leave();
  }, 120_000);
});
