import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../../support/layout.js';
import { describeInChromium } from './chromium.js';
import { judgeInEveryLook, SCREENSHOTS } from './judge-page.js';
import { OPENING_TIMEOUT_MS, OpenShop } from './shop.js';

/** Page, style, script and type face. */
const MOST_BYTES_BEFORE_PAINT = 250_000;

/** Every page: where it is, and what can be read there when it has come. */
const PAGES: readonly { name: string; path: string; text: string | RegExp; open?: 'with the token' }[] = [
  { name: 'home', path: '/', text: 'Spring in the Pioneer Valley' },
  { name: 'topic', path: '/?topic=Graduate%20School', text: 'Cooking for the Impatient Graduate Student' },
  { name: 'search', path: '/?q=un', text: 'Why theory classes are so hard' },
  { name: 'search-near', path: '/?q=surviveing%20gradaute', text: 'Did you mean this?' },
  { name: 'search-empty', path: '/?q=zzzqqq', text: 'Nothing is called that' },
  { name: 'book', path: '/book/2', text: 'Only 5 copies left' },
  { name: 'book-missing', path: '/book/999', text: 'There is no such book' },
  { name: 'my-orders', path: '/my-orders', text: 'No orders yet' },
  { name: 'basket-empty', path: '/basket', text: 'Your basket is empty' },
  { name: 'checkout-nothing', path: '/checkout', text: 'Nothing is held' },
  { name: 'order-missing', path: '/order/nobody-made-it', text: 'There is no such order' },
  { name: 'admin-token', path: '/admin', text: 'Token' },
  { name: 'admin-stock', path: '/admin', text: 'RPCs for Dummies', open: 'with the token' },
  { name: 'admin-orders', path: '/admin/orders', text: 'No orders yet', open: 'with the token' },
  { name: 'admin-held', path: '/admin/held', text: 'Nothing is held', open: 'with the token' },
  { name: 'admin-add', path: '/admin/add', text: 'Add the book', open: 'with the token' },
  { name: 'admin-hidden', path: '/admin/hidden', text: 'No book is hidden', open: 'with the token' },
  { name: 'admin-edit', path: '/admin/edit?book=3', text: 'Added the book', open: 'with the token' },
  {
    name: 'admin-import',
    path: '/admin/import',
    text: 'Drop a file here, or choose one',
    open: 'with the token',
  },
  { name: 'ops-token', path: '/ops', text: 'Token' },
  { name: 'ops', path: '/ops', text: 'processes are ready', open: 'with the token' },
  { name: 'ops-book', path: '/ops/book/2', text: 'Promised ballot', open: 'with the token' },
  { name: 'ops-follow', path: '/ops/follow', text: 'Make a request', open: 'with the token' },
  { name: 'ops-try', path: '/ops/try', text: 'when npm start runs the bookstore', open: 'with the token' },
];

describeInChromium('Every page', () => {
  let shop: OpenShop;
  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    shop = await OpenShop.open();
  }, OPENING_TIMEOUT_MS);
  afterEach(() => shop.empty());
  afterAll(() => shop?.close(), OPENING_TIMEOUT_MS);

  test.each(PAGES)(
    '$name: nothing that axe-core objects to in any look, no fault on the console',
    async ({ name, path, text, open }) => {
      const visitor = await shop.visitor();
      await visitor.open(open ? `${path}#token=${ADMIN_TOKEN}` : path);
      await visitor.reads(text);
      await visitor.page.evaluate('document.fonts.ready');
      await judgeInEveryLook(visitor, name);
    },
  );

  test('a purchase, its outcomes and its order', async () => {
    const visitor = await shop.visitor();
    await visitor.open('/book/7');
    await visitor.buy();
    const orderNumber = await visitor.orderNumber();
    await judgeInEveryLook(visitor, 'bought');
    await visitor.open(`/order/${orderNumber}`);
    await visitor.reads('$10.00 each');
    await judgeInEveryLook(visitor, 'order');
    await visitor.open('/my-orders');
    await visitor.reads('Spring in the Pioneer Valley');
    await judgeInEveryLook(visitor, 'orders');
  });

  test('a basket, its checkout and its order', async () => {
    const titles = ['A Long Title of a Book That Somebody Wants to Read on a Phone', 'Short', 'Soon Gone'];
    const books = [];
    for (const title of titles) books.push(await shop.owner.addBook(title, 50, { author: 'Some Author' }));
    const visitor = await shop.visitor();
    const { page } = visitor;
    for (const { id } of books) {
      await visitor.open(`/book/${id}`);
      await page.getByRole('button', { name: 'Add to basket', exact: true }).click();
      await page.getByText(/^In your basket/).waitFor();
    }
    await judgeInEveryLook(visitor, 'book-added');
    await visitor.open('/basket');
    await page.getByRole('spinbutton', { name: 'Copies of Soon Gone' }).fill('1000');
    await page.keyboard.press('Tab');
    await visitor.reads(/You want 1000/);
    await judgeInEveryLook(visitor, 'basket-too-many');
    await page.getByRole('spinbutton', { name: 'Copies of Soon Gone' }).fill('2');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Check out' }).click();
    await visitor.reads('Held for you for');
    await judgeInEveryLook(visitor, 'checkout');
    await page.getByRole('button', { name: /^Pay/ }).click();
    const orderNumber = await visitor.orderNumber();
    await judgeInEveryLook(visitor, 'checkout-paid');
    await shop.owner.cancel(orderNumber, { bookId: books[0]?.id });
    await visitor.open(`/order/${orderNumber}`);
    await visitor.reads('Partly cancelled');
    await judgeInEveryLook(visitor, 'order-of-three');
    await visitor.open('/my-orders');
    await visitor.reads('Partly cancelled');
    await judgeInEveryLook(visitor, 'orders-cancelled');
    await visitor.open(`/admin/orders#token=${ADMIN_TOKEN}`);
    await page.getByRole('button', { name: new RegExp(`^Cancel.*${orderNumber}`) }).click();
    await page.getByRole('dialog').waitFor();
    await judgeInEveryLook(visitor, 'admin-cancel');
  });

  test('nothing moves once it is shown', async () => {
    const visitor = await shop.visitor();
    await visitor.page.addInitScript(() => {
      const seen = globalThis as unknown as { shift: number };
      seen.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) seen.shift += (entry as unknown as { value: number }).value;
      }).observe({ type: 'layout-shift' as never, buffered: true });
    });
    for (const path of ['/', '/?q=school', '/book/2']) {
      await visitor.open(path);
      await visitor.reads(/copies left/);
      // Chromium's own "good" bound.
      expect({ path, moved: Number(await visitor.page.evaluate('globalThis.shift')) < 0.1 }).toEqual({
        path,
        moved: true,
      });
    }
  });

  test('the first paint waits for little, all of it from here', async () => {
    const visitor = await shop.visitor();
    const paints: Record<string, Paint> = {};
    for (const path of ['/', '/?q=school', '/book/2', '/my-orders', '/basket']) {
      await visitor.open(path);
      await visitor.page.waitForFunction(
        () => performance.getEntriesByName('first-contentful-paint').length > 0,
      );
      paints[path] = await visitor.page.evaluate(measurePaint);
    }
    // The times are for people: a test on a busy machine has nothing to say about them.
    writeFileSync(join(SCREENSHOTS, 'first-paint.json'), JSON.stringify(paints, null, 2));
    for (const [path, { elsewhere, bytesBefore }] of Object.entries(paints)) {
      expect({ path, elsewhere, light: bytesBefore < MOST_BYTES_BEFORE_PAINT }).toEqual({
        path,
        elsewhere: [],
        light: true,
      });
    }
  });

  test('colours are the reader’s choice, and stay', async () => {
    const visitor = await shop.visitor({ colorScheme: 'light' });
    await visitor.open('/');
    const background = () => visitor.page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    const button = visitor.page.getByRole('button', { name: /^Colours/ });
    await button.click();
    await button.click();
    expect(await background()).not.toBe(light);
    await visitor.page.reload();
    expect(await background()).not.toBe(light);
  });

  test('the address bar leads everywhere, and back', async () => {
    const visitor = await shop.visitor();
    await visitor.open('/?topic=Graduate%20School');
    await visitor.page.getByRole('link', { name: 'Xen and the Art of Surviving Graduate School' }).click();
    await visitor.reads('$15.00');
    await visitor.page.goBack();
    await visitor.reads('2 books');
    expect(await visitor.page.getByRole('heading', { level: 1 }).textContent()).toBe('Graduate School');
  });
});

interface Paint {
  readonly firstPaintMs: number;
  readonly firstContentfulPaintMs: number;
  /** Of what had come, compressed, before anything was shown. */
  readonly bytesBefore: number;
  readonly elsewhere: readonly string[];
}

/** A browser's own PerformanceResourceTiming, which Node's types know otherwise. */
interface Resource {
  readonly name: string;
  readonly responseEnd: number;
  readonly encodedBodySize: number;
}

/** Runs in the page. */
function measurePaint(): Paint {
  const [first, contentful] = ['first-paint', 'first-contentful-paint'].map(
    (name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN,
  ) as [number, number];
  const resources = performance.getEntriesByType('resource') as unknown as Resource[];
  const before = resources.filter(({ responseEnd }) => responseEnd <= contentful);
  return {
    firstPaintMs: Math.round(first),
    firstContentfulPaintMs: Math.round(contentful),
    bytesBefore: before.reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0),
    elsewhere: resources
      .map(({ name }) => name)
      .filter((name) => !name.startsWith((globalThis as unknown as { origin: string }).origin)),
  };
}
