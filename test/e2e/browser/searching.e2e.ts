import { describeInChromium, type Visitor } from './chromium.js';
import { overflows, violations } from './judge-page.js';
import { OPENING_TIMEOUT_MS, OpenShop } from './shop.js';

/** More than one page of `/topics` holds. */
const MANY_TOPICS = 110;

describeInChromium('Searching in the browser', () => {
  let shop: OpenShop;
  beforeAll(async () => {
    shop = await OpenShop.open();
    const novel = { topic: 'Novels' };
    await shop.owner.addBook('Life of Pi', 3, {
      ...novel,
      author: 'Yann Martel',
      isbn: '9780156027328',
      price: 14,
    });
    await shop.owner.addBook('Beatrice and Virgil', 0, { ...novel, author: 'Yann Martel', price: 9 });
    await shop.owner.addBook('A Life of Pirates', 30, { topic: 'Seas', price: 8.5 });
  }, OPENING_TIMEOUT_MS);
  afterEach(() => shop.empty());
  afterAll(() => shop?.close(), OPENING_TIMEOUT_MS);

  const box = ({ page }: Visitor) => page.getByRole('searchbox');
  const counts = ({ page }: Visitor, text: string) =>
    page.getByRole('status').getByText(text, { exact: true }).waitFor();
  const titles = ({ page }: Visitor) => page.locator('.results .card-title').allTextContents();
  const first = ({ page }: Visitor, title: string) =>
    page.locator('.results .card:first-child .card-title', { hasText: new RegExp(`^${title}$`) }).waitFor();
  const focused = ({ page }: Visitor) =>
    page.evaluate<string>('document.activeElement.textContent || document.activeElement.type');

  test('a book is found while its title is typed', async () => {
    const visitor = await shop.visitor();
    await visitor.open('/');
    await box(visitor).pressSequentially('life of pi');
    await counts(visitor, '2 books for “life of pi”');
    expect(await titles(visitor)).toEqual(['Life of Pi', 'A Life of Pirates']);
    const card = visitor.page.locator('.card', { hasText: 'Life of Pi' }).first();
    expect(await card.textContent()).toContain('Yann Martel$14.00 Only 3 copies left');
    expect(await violations(visitor)).toEqual([]);
    // All that was typed is one step back.
    await visitor.page.goBack();
    await visitor.reads('Take your time. Look around.');
    expect(await box(visitor).inputValue()).toBe('');
  });

  test.each([
    ['its author', 'martel'],
    ['its ISBN', '978-0-15-602732-8'],
    ['its words with accents and in capitals', 'LÍFE PI'],
  ])('a book is found by %s', async (_, text) => {
    const visitor = await shop.visitor();
    await visitor.open('/');
    await box(visitor).fill(text);
    await visitor.page.getByRole('link', { name: 'Life of Pi', exact: true }).click();
    await visitor.reads('Only 3 copies left');
  });

  test('what is misspelt finds near ones, and the page says so', async () => {
    const visitor = await shop.visitor();
    await visitor.open('/?q=yann%20martle');
    await visitor.reads('Nothing is called that. Did you mean one of these?');
    expect((await titles(visitor)).sort()).toEqual(['Beatrice and Virgil', 'Life of Pi']);
    expect(await violations(visitor)).toEqual([]);
  });

  test('the order is the reader’s choice, has an address, and can be gone back from', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await visitor.open('/?q=life+of+pi');
    await counts(visitor, '2 books for “life of pi”');
    const sort = page.getByRole('navigation', { name: 'Sort by' });
    await sort.getByRole('link', { name: 'Price' }).click();
    await first(visitor, 'A Life of Pirates');
    expect(new URL(page.url()).search).toBe('?q=life+of+pi&sort=price');
    await page.reload();
    await counts(visitor, '2 books for “life of pi”');
    expect(await titles(visitor)).toEqual(['A Life of Pirates', 'Life of Pi']);
    await page.goBack();
    await first(visitor, 'Life of Pi');
    expect(await sort.locator('[aria-current]').textContent()).toBe('Best match');
  });

  test('all books stand in the order of their titles, a link away from the front', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await visitor.open('/');
    const topics = page.getByRole('navigation', { name: 'Topics' });
    await topics.getByRole('link', { name: 'All books' }).click();
    await page.getByRole('heading', { name: 'All books' }).waitFor();
    await first(visitor, 'A Life of Pirates');
    expect(new URL(page.url()).search).toBe('?sort=title');
    expect(await topics.locator('[aria-current]').textContent()).toContain('All books');
    const sorts = page.getByRole('navigation', { name: 'Sort by' }).getByRole('link');
    expect(await sorts.allTextContents()).toEqual(['Price', 'Title']);
  });

  test('a topic narrows what was found, and leaving it widens it again', async () => {
    const visitor = await shop.visitor();
    const { page } = visitor;
    await visitor.open('/?q=life');
    const topics = page.getByRole('navigation', { name: 'Topics' });
    await topics.getByRole('link', { name: 'Seas' }).click();
    await counts(visitor, '1 book for “life”');
    expect(new URL(page.url()).search).toBe('?q=life&topic=Seas');
    await box(visitor).fill('martel');
    await page.getByRole('link', { name: 'Look in all topics' }).click();
    await counts(visitor, '2 books for “martel”');
    await page.goBack();
    await visitor.reads('“martel” on Seas');
    await box(visitor).press('Escape');
    await counts(visitor, '1 book');
    expect(new URL(page.url()).search).toBe('?topic=Seas');
  });

  test('arrows lead from the box through the books and back', async () => {
    const visitor = await shop.visitor();
    const { keyboard } = visitor.page;
    await visitor.open('/');
    await box(visitor).fill('life of pi');
    await counts(visitor, '2 books for “life of pi”');
    const steps: string[] = [];
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'End', 'Escape']) {
      await keyboard.press(key);
      steps.push(await focused(visitor));
    }
    const [pi, pirates] = ['Life of Pi', 'A Life of Pirates'];
    expect(steps.map((step) => step.trim())).toEqual([
      ...[pi, pirates, pi, 'search'].map((step) => expect.stringContaining(step)),
      ...[pi, pirates, 'search'].map((step) => expect.stringContaining(step)),
    ]);
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await visitor.reads('Only 3 copies left');
  });

  test.each(['/?q=..', '/?q=%2e%2e%2forders', '/?topic=..&sort=nonsense', '/?q=%3Cb%3Ehi&sort=price'])(
    '%s is a search like another',
    async (address) => {
      const visitor = await shop.visitor({ viewport: { width: 390, height: 844 } });
      await visitor.open(address);
      await visitor.page.getByRole('status').getByText(/book/).waitFor();
      expect(await overflows(visitor)).toBe(false);
    },
  );

  test('all topics can be reached', async () => {
    for (let index = 0; index < MANY_TOPICS; index++) {
      await shop.owner.addBook(`Of topic ${index}`, 1, { topic: `Topic ${String(index).padStart(3, '0')}` });
    }
    const visitor = await shop.visitor();
    await visitor.open('/');
    const topics = visitor.page.getByRole('navigation', { name: 'Topics' });
    const last = topics.getByRole('link', { name: `Topic ${MANY_TOPICS - 1}` });
    await topics.getByRole('button', { name: 'More topics' }).waitFor();
    expect(await last.count()).toBe(0);
    await topics.getByRole('button', { name: 'More topics' }).click();
    await last.click();
    await visitor.reads(`Of topic ${MANY_TOPICS - 1}`);
  });
});
