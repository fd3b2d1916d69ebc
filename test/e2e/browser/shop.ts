import { type Browser } from 'playwright-core';
import { BookstoreInProcess } from '../../support/in-process.js';
import { buildDist } from '../../support/processes.js';
import { launchChromium, Owner, Visitor } from './chromium.js';

/** A small bookstore with its pages, and a browser before it. */
export class OpenShop {
  private readonly visitors: Visitor[] = [];

  private constructor(
    readonly base: string,
    readonly browser: Browser,
    readonly owner: Owner,
    private readonly bookstore: BookstoreInProcess,
  ) {}

  /** May have to build the pages first. */
  static async open(): Promise<OpenShop> {
    buildDist();
    const bookstore = await BookstoreInProcess.start({ catalogs: 1, orders: 1, frontEnds: 1 });
    const base = bookstore.frontEnds[0]?.address ?? '';
    return new OpenShop(base, await launchChromium(), new Owner(base), bookstore);
  }

  async visitor(
    ...options: Parameters<typeof Visitor.arrive> extends [unknown, unknown, ...infer Rest] ? Rest : never
  ) {
    const visitor = await Visitor.arrive(this.browser, this.base, ...options);
    this.visitors.push(visitor);
    return visitor;
  }

  /** After each test: everyone leaves, and nothing may have gone wrong on their pages. */
  async empty(): Promise<void> {
    for (const visitor of this.visitors.splice(0)) await visitor.leave();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.bookstore.stop();
  }
}

/** Building, booting and starting Chromium on a busy machine. */
export const OPENING_TIMEOUT_MS = 240_000;
