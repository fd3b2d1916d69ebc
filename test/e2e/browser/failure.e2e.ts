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
});
