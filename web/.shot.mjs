import { chromium } from 'playwright-core';
const base = 'http://127.0.0.1:7300';
const pages = process.argv[2] ? process.argv[2].split(',') : ['/', '/?q=comp', '/book/1', '/my-orders'];
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
for (const [w, h, n] of [
  [1280, 860, 'wide'],
  [390, 844, 'phone'],
])
  for (const c of ['light', 'dark']) {
    const ctx = await b.newContext({ viewport: { width: w, height: h }, colorScheme: c });
    const p = await ctx.newPage();
    p.on('console', (m) => {
      if (m.type() !== 'debug') console.log(n, c, m.type(), m.text());
    });
    p.on('pageerror', (e) => console.log('ERR', e.message));
    if (process.argv[3])
      await p.addInitScript((t) => sessionStorage.setItem('bazar.admin-token', t), process.argv[3]);
    for (const path of pages) {
      await p.goto(base + path);
      await p.waitForTimeout(+(process.argv[4] ?? 900));
      await p.screenshot({ path: `/tmp/shots/${path.replace(/[^a-z0-9]+/gi, '_') || '_'}-${n}-${c}.png` });
    }
    await ctx.close();
  }
await b.close();
