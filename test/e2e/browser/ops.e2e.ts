import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Locator } from 'playwright-core';
import { OutputOf } from '../../support/output-of.js';
import { freePorts } from '../../support/ports.js';
import { bareEnvironment, buildDist, ENTRY } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { describeInChromium, launchChromium, Visitor } from './chromium.js';
import { judgeInEveryLook } from './judge-page.js';
import { OPENING_TIMEOUT_MS } from './shop.js';

/** A process that is started anew boots, catches up and is leased, on a busy machine. */
const BACK_WITHIN_MS = 60_000;

describeInChromium('Ops under npm start', () => {
  let output: OutputOf;
  let folder: string;
  let base: string;
  let browser: Browser;
  let visitor: Visitor;

  beforeAll(async () => {
    buildDist();
    folder = mkdtempSync(join(tmpdir(), 'bazar-ops-'));
    const port = (await freePorts(1))[0] ?? 0;
    base = `http://127.0.0.1:${port}`;
    const all = ['--data', folder, '--base-port', String(port), '--orders', '1'];
    output = new OutputOf(
      spawn(process.execPath, [ENTRY, 'local-cluster', ...all], { env: bareEnvironment() }),
    );
    await output.shows(/Bazar is ready/);
    browser = await launchChromium();
  }, OPENING_TIMEOUT_MS);
  beforeEach(async () => void (visitor = await Visitor.arrive(browser, base)));
  afterEach(() => visitor.leave());
  afterAll(async () => {
    await browser?.close();
    output?.child.kill('SIGTERM');
    await output?.ended;
    rmSync(folder, { recursive: true, force: true });
  }, OPENING_TIMEOUT_MS);

  const node = (name: RegExp) => visitor.page.getByRole('button', { name });

  test('no token is needed to watch on this machine; one is from elsewhere, and to touch a process', async () => {
    expect((await fetch(`${base}/ops/access`)).status).toBe(204);
    const origin = 'http://elsewhere.example';
    expect((await fetch(`${base}/ops/access`, { headers: { origin } })).status).toBe(401);
    expect((await fetch(`${base}/orders`)).status).toBe(401);
    const stop = await fetch(`${base}/ops/processes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'catalog 1', action: 'stop' }),
    });
    expect(stop.status).toBe(401);
    await visitor.open('/ops/try');
    await visitor.reads('Stopping a process needs the token');
    expect(await visitor.page.getByRole('button', { name: 'stop catalog 1' }).isDisabled()).toBe(true);
    await visitor.open('/ops');
    await visitor.reads('Overview');
  });

  test('the picture shows every process, the other front-end too, and what one holds', async () => {
    await visitor.open('/ops');
    await visitor.reads('All 6 processes are ready');
    await node(/^Front-end 2.*no reads now/).waitFor();
    await node(/^Order 1.*no sales now/).waitFor();
    await node(/^Catalog 3.*level/).focus();
    await visitor.page.keyboard.press('Enter');
    await visitor.reads('lease of Catalog 1');
    await visitor.reads('session with Front-end 2');
    await visitor.reads('Front-end 1: healthy');
  });

  test('what the observer found is said, and that it has not looked for long', async () => {
    const found = {
      on: true,
      answers: 1_240,
      stale: 1,
      booksCompared: 70,
      booksThatDiffer: 0,
      oversoldCopies: 0,
      looks: 10,
      everyMs: 1_000,
      lookedAgoMs: 90_000,
      findings: ['book 3 was 9.99 at front-end 2'],
    };
    await visitor.page.route('**/ops/observer', (route) => route.fulfill({ json: found }));
    await visitor.open('/ops');
    await visitor.reads(/^Out of date, the observer looked 1 min ago: 1 stale of 1,240 answers/);
    await visitor.reads('What it found last');
    await judgeInEveryLook(visitor, 'ops-observer');
  });

  test('a purchase is drawn message by message, stepped through and saved', async () => {
    const { page } = visitor;
    // Who was told of a book has to forget it; the other front-end was not.
    await visitor.open('/book/2');
    await visitor.reads('RPCs for Dummies');
    await visitor.open('/ops/follow');
    await page.getByRole('button', { name: 'Make the request' }).click();
    await visitor.reads('Buying a copy of book 2: bought at 50.00');
    const words = (kind: string) => page.locator(`.message-${kind}`);
    await expect(page.locator('.diagram .lane-name').allTextContents()).resolves.toEqual([
      'Client',
      'Front-end 1',
      'Order 1',
      'Catalog 1',
      'Catalog 2',
      'Catalog 3',
    ]);
    // Commits are recorded after the answer.
    await words('commit').nth(1).waitFor();
    expect(await words('update').count()).toBeGreaterThanOrEqual(4);
    expect(await words('invalidate').count()).toBeGreaterThanOrEqual(1);
    const steps = (await page.locator('.followed-text li').allTextContents()).map(
      (text) => text.split('.')[0],
    );
    expect(steps[0]).toBe('Client to Front-end 1: buy, 1 of it');
    const at = (pattern: RegExp): number => steps.findIndex((step) => pattern.test(step ?? ''));
    expect(at(/: update, number 1/)).toBeLessThan(at(/: update ok, number 1/));
    expect(at(/: update ok, number 1/)).toBeLessThan(at(/: commit, number 1/));

    await page.getByRole('button', { name: 'Back' }).click();
    await page.locator('.message-future').first().waitFor();
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as SVG' }).click();
    const file = readFileSync(await (await saving).path(), 'utf8');
    expect(file).toMatch(/^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(file).toContain('>update 1</text>');
    expect(file).not.toContain('class=');

    await page.reload();
    await visitor.reads('Buying a copy of book 2: bought at 50.00');
    await visitor.open('/ops/book/2');
    await visitor.reads('sale of 1: sold');
    expect(await page.locator('.replica-number').allTextContents()).toEqual(Array(3).fill('number 1'));
  });

  test('a look-up is answered from the cache, or past it by a catalog', async () => {
    const { page } = visitor;
    await visitor.open('/ops/follow');
    await page.getByLabel('What').selectOption('Look it up');
    /** On a machine that is starved a session may lapse, and the book with it, before it is looked up again. */
    const lookUpUntil = (past: boolean, shown: Locator): Promise<unknown> =>
      until('the look-up is as wanted', async () => {
        const before = page.url();
        await page.getByLabel('past this front-end’s cache').setChecked(past);
        await page.getByRole('button', { name: 'Make the request' }).click();
        await page.waitForURL((url) => url.href !== before);
        await visitor.reads('Looking up book 2: ');
        return shown.isVisible();
      });
    await lookUpUntil(true, page.locator('.message', { hasText: 'may be cached' }));
    await lookUpUntil(false, page.getByText('2 messages'));
  });

  test('processes are cut off, hung and stopped, the shop goes on, and they come back', async () => {
    const { page } = visitor;
    const [, token = ''] = await output.shows(/Admin token {2}(\S+)/);
    await visitor.open('/ops/try');
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('button', { name: 'Start a little load' }).click();
    await visitor.reads('You look through this one');
    const doTo = async (action: string, name: string, seen: RegExp): Promise<void> => {
      await page.getByRole('button', { name: `${action} ${name}` }).click();
      await node(seen).waitFor({ timeout: BACK_WITHIN_MS });
    };
    await doTo('cut off', 'catalog 1', /^Catalog 1.*cut off/);
    await visitor.reads('Catalog 1 is not ready. The others carry on.');
    await doTo('bring back', 'catalog 1', /^Catalog 1.*level/);
    await doTo('hang', 'catalog 2', /^Catalog 2.*hanging/);
    await doTo('bring back', 'catalog 2', /^Catalog 2.*level/);
    await doTo('stop', 'catalog 3', /^Catalog 3.*stopped/);
    await judgeInEveryLook(visitor, 'ops-try-stopped');
    await doTo('bring back', 'catalog 3', /^Catalog 3.*level/);
    await visitor.reads('All 6 processes are ready');
    await visitor.reads(/[1-9]\d* sold/);
    await visitor.reads('0 failed');
  }, 240_000);

  test('every section in every look: nothing that axe-core objects to', async () => {
    const { page } = visitor;
    const made = await fetch(`${base}/ops/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'buy', bookId: 5 }),
    });
    const { traceId } = (await made.json()) as { traceId: string };
    const sections = [
      { name: 'ops-cluster', path: '/ops', ready: '.details' },
      { name: 'ops-book', path: '/ops/book/5', ready: '.ledger' },
      { name: 'ops-followed', path: `/ops/follow/${traceId}`, ready: '.message-commit' },
    ];
    for (const { name, path, ready } of sections) {
      await visitor.open(path);
      if (name === 'ops-cluster') await node(/^Catalog 2/).click();
      await page.locator(ready).first().waitFor();
      await judgeInEveryLook(visitor, name);
    }
  }, 180_000);
});
