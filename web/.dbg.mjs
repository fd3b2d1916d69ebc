import { chromium } from 'playwright-core';
const base = 'http://127.0.0.1:7300';
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const p = await b.newPage();
p.on('console', (m) => console.log(m.type(), m.text()));
p.on('pageerror', (e) => console.log('ERR', e.message, e.stack));
p.on('response', (r) => {
  if (r.request().method() != 'GET') console.log(r.status(), r.url());
});
p.on('requestfailed', (r) => console.log('failed', r.url(), r.failure().errorText));
await p.goto(base + '/book/4');
await p.getByRole('button', { name: /^Buy/ }).click();
await p.waitForTimeout(3000);
console.log(await p.locator('.book-text').innerHTML());
await b.close();
