import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN } from '../support/layout.js';

interface Shown {
  readonly id: number;
  readonly title: string;
  readonly price: number;
  readonly quantity: number;
}

describe('searching for books by their words', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 1, orders: 1, frontEnds: 2 });
    const book = {
      title: 'Life of Pi',
      author: 'Yann Martel',
      topic: 'Literature',
      isbn: '9780156027328',
      price: 12.5,
      quantity: 3,
    };
    const created = await administer('POST', '/books', book);
    expect(created.status).toBe(201);
  });
  afterAll(() => bookstore.stop());

  const address = (frontEnd: number): string => bookstore.frontEnds[frontEnd]?.address ?? '';
  const administer = (method: string, path: string, body: object): Promise<Response> =>
    fetch(address(0) + path, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const find = async (query: string, frontEnd = 0): Promise<Shown[]> => {
    const response = await fetch(`${address(frontEnd)}/books?${query}`);
    expect(response.status).toBe(200);
    return (await response.json()) as Shown[];
  };
  const titles = async (query: string, frontEnd = 0): Promise<string[]> =>
    (await find(query, frontEnd)).map(({ title }) => title);

  it('finds by title, author, topic and ISBN, as one types', async () => {
    for (const q of [
      'life of pi',
      'PI life',
      'mart',
      'literature',
      '978-0-15-602732-8',
      '0156027321',
      'lief of pi',
    ])
      expect((await titles(`q=${encodeURIComponent(q)}`))[0]).toBe('Life of Pi');
    expect((await find('q=life'))[0]).toEqual({
      id: 8,
      title: 'Life of Pi',
      topic: 'Literature',
      author: 'Yann Martel',
      price: 12.5,
      quantity: 3,
    });
  });

  it('says when there are only near ones', async () => {
    const near = await fetch(`${address(0)}/books?q=lief`);
    expect(near.headers.get('x-bazar-near')).toBe('1');
    const exact = await fetch(`${address(0)}/books?q=life`);
    expect(exact.headers.get('x-bazar-near')).toBeNull();
  });

  it('keeps to a topic, sorts, and goes on by pages', async () => {
    expect(await titles('topic=Graduate%20School&sort=price')).toEqual([
      'Cooking for the Impatient Graduate Student',
      'Xen and the Art of Surviving Graduate School',
    ]);
    const all: string[] = [];
    let path: string | undefined = '/books?sort=title&limit=3';
    while (path !== undefined) {
      const response: Response = await fetch(address(0) + path);
      all.push(...((await response.json()) as Shown[]).map(({ title }) => title));
      path = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(all).toHaveLength(8);
    expect(all).toEqual([...all].sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
  });

  it.each([
    ['cursor=zzz', 'cursor'],
    ['cursor=p1.2', 'cursor'],
    ['sort=price&cursor=i1', 'cursor'],
    ['sort=best', 'sort'],
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    [`q=${'a'.repeat(201)}`, 'q'],
    ['q=a&q=b', 'q'],
    ['topic=', 'topic'],
  ])('refuses ?%s and names the field', async (query, field) => {
    const response = await fetch(`${address(0)}/books?${query}`);
    expect(response.status).toBe(422);
    expect(JSON.stringify(await response.json())).toContain(field);
  });

  it('shows no copy that is sold, no old price and no old title, through whichever front-end', async () => {
    for (const frontEnd of [0, 1]) await find('q=life', frontEnd);
    const bought = await fetch(`${address(0)}/buy/8`, { method: 'PUT' });
    expect(await bought.json()).toMatchObject({ success: true });
    for (const frontEnd of [0, 1]) expect((await find('q=life', frontEnd))[0]).toMatchObject({ quantity: 2 });
    await administer('PATCH', '/books/8', { price: 11 });
    for (const frontEnd of [0, 1]) expect((await find('q=life', frontEnd))[0]).toMatchObject({ price: 11 });
    for (const frontEnd of [0, 1]) expect((await find('sort=price', frontEnd))[4]).toMatchObject({ id: 8 });
    await administer('PATCH', '/books/8', { price: 1 });
    for (const frontEnd of [0, 1]) expect((await find('sort=price', frontEnd))[0]).toMatchObject({ id: 8 });
    await administer('PATCH', '/books/8', { title: 'Vie de Pi' });
    for (const frontEnd of [0, 1]) {
      expect(await titles('q=life%20of%20pi', frontEnd)).not.toContain('Life of Pi');
      expect((await titles('q=vie%20de', frontEnd))[0]).toBe('Vie de Pi');
    }
  });
});
