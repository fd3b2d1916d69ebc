import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page, type Route } from 'playwright-core';
import { ADMIN_TOKEN } from '../../support/layout.js';

/** Debian's package; `.ci/run` installs it. */
const CHROMIUM = '/usr/bin/chromium';

/** What it would ask of the world by itself is turned off. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Skips, and says so in the test's name, where there is no Chromium. */
export function describeInChromium(name: string, tests: () => void): void {
  if (existsSync(CHROMIUM)) describe(name, tests);
  else describe.skip(`${name} (skipped: no Chromium at ${CHROMIUM})`, tests);
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** The server decides, and its answer never arrives. */
export async function loseAnswer(route: Route): Promise<void> {
  await route.fetch();
  // On a busy machine the page has given it up, or has been left, before.
  await route.abort('connectionreset').catch(() => undefined);
}

/** One visitor: a browser profile of its own, and what went wrong in it. */
export class Visitor {
  /** Errors on the console and exceptions; that an answer was a 4xx is no fault of the page. */
  readonly faults: string[] = [];
  readonly hosts = new Set<string>();

  private constructor(
    readonly page: Page,
    private readonly base: string,
  ) {
    page.on('console', (message) => {
      const expected = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !expected) this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('request', (request) => this.hosts.add(new URL(request.url()).host));
  }

  static async arrive(browser: Browser, base: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return new Visitor(page, base);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.base + path);
    await this.page.locator('h1').first().waitFor({ state: 'attached' });
  }

  /** Waits until the text can be read somewhere in the page's own part. */
  async reads(text: string | RegExp): Promise<void> {
    await this.page.locator('#main').getByText(text).first().waitFor();
  }

  async buy(): Promise<void> {
    await this.page.getByRole('button', { name: /^Buy/ }).click();
  }

  /** The number of the order that the page says was made. */
  async orderNumber(): Promise<string> {
    const link = this.page.locator('.result-good a');
    await link.waitFor();
    return (await link.textContent()) ?? '';
  }

  async leave(): Promise<void> {
    await this.page.context().close();
    expect(this.faults).toEqual([]);
    expect([...this.hosts]).toEqual([new URL(this.base).host]);
  }
}

export interface BookSeen {
  readonly id: number;
  readonly quantity: number;
  readonly price: number;
}

/** The shop as its owner sees it: straight at the API. */
export class Owner {
  constructor(private readonly base: string) {}

  async lookUp(id: number): Promise<BookSeen> {
    return (await (await fetch(`${this.base}/lookup/${id}`)).json()) as BookSeen;
  }

  async orders(bookId: number): Promise<{ orderId: string }[]> {
    return (await this.call('GET', `/orders?bookId=${bookId}`)) as { orderId: string }[];
  }

  async addBook(
    title: string,
    quantity: number,
    more: { author?: string; isbn?: string; topic?: string; price?: number } = {},
  ): Promise<BookSeen> {
    const book = { title, topic: 'Testing', price: 12.5, quantity, ...more };
    return (await this.call('POST', '/books', book)) as BookSeen;
  }

  async edit(id: number, changes: { price?: number; quantity?: number }): Promise<void> {
    await this.call('PATCH', `/books/${id}`, changes);
  }

  /** Left out: all of it. */
  async cancel(orderId: string, what: { bookId?: number | undefined; copies?: number } = {}): Promise<void> {
    await this.call('POST', `/orders/${orderId}/cancel`, what);
  }

  /** A basket at once, as an integration buys it. */
  async order(items: readonly { bookId: number; quantity: number }[], reference: string): Promise<string> {
    const order = (await this.call('POST', '/orders', { items, reference })) as { orderId: string };
    return order.orderId;
  }

  async hold(items: readonly { bookId: number; quantity: number }[], reference: string): Promise<void> {
    await this.call('POST', '/holds', { items, ttlSeconds: 600, reference });
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    const headers = {
      authorization: `Bearer ${ADMIN_TOKEN}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const response = await fetch(this.base + path, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
