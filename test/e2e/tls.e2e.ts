import { Agent, fetch } from 'undici';
import { createLogger } from '../../src/observability/logs.js';
import { Authority } from '../support/certificates.js';
import { BookstoreInProcess, RoleInProcess } from '../support/in-process.js';
import { until } from '../support/until.js';

const overTls = (address: string): string => address.replace('http:', 'https:');

describe('a bookstore whose roles know each other by certificates', () => {
  let authority: Authority;
  let bookstore: BookstoreInProcess;
  let agent: Agent;

  beforeAll(async () => {
    authority = new Authority();
    agent = new Agent({ connect: { ca: authority.ca } });
    bookstore = await BookstoreInProcess.start({
      catalogs: 2,
      orders: 1,
      frontEnds: 1,
      adjust: ({ name, address, env }) => {
        const { settings } = authority.issue(name.replace(' ', '-'));
        const addresses = Object.entries(env).filter(([key]) => key.includes('ADDRESS'));
        const secure = Object.fromEntries(
          addresses.map(([key, value]) => [key, value.replaceAll('http:', 'https:')]),
        );
        return { name, address: overTls(address), env: { ...env, ...secure, ...settings } };
      },
    });
  }, 120_000);
  afterAll(async () => {
    await bookstore?.stop();
    await agent.close();
    authority.remove();
  }, 60_000);

  it('sells, and answers nobody without TLS', async () => {
    const { address = '' } = bookstore.frontEnds[0] ?? {};
    const bought = await fetch(`${address}/buy/2`, { method: 'PUT', dispatcher: agent });
    expect([bought.status, await bought.json()]).toMatchObject([200, { success: true }]);
    const book = await fetch(`${address}/lookup/2`, { dispatcher: agent });
    expect(await book.json()).toMatchObject({ quantity: 4 });
    await expect(fetch(`${address.replace('https', 'http')}/lookup/2`)).rejects.toThrow();
    await expect(fetch(`${address}/lookup/2`)).rejects.toThrow();
  });

  it('takes no order server of another authority, and both say so', async () => {
    const stranger = new Authority();
    const { placed } = bookstore.orders[0] ?? {};
    if (placed === undefined) throw new Error('no order server');
    const { settings } = stranger.issue('order');
    const port = '0';
    const lines: string[] = [];
    const env = { ...placed.env, ...settings, TLS_CA_FILE: authority.caFile, PORT: port };
    const foreign = new RoleInProcess(
      { ...placed, env },
      {
        logger: createLogger(
          { role: 'order', logLevel: 'warn', port: 0 },
          { write: (line) => void lines.push(line) },
        ),
      },
    );
    try {
      await foreign.start();
      await until(
        'both have said it',
        () => lines.filter((line) => line.includes('No line with')).length > 1,
      );
      expect(lines.join('')).toMatch(/No line with 127\.0\.0\.1: .*UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
      expect(lines.join('')).toMatch(/No line with https:.*response: 495/);
      const ready = await foreign.app.inject({ method: 'GET', url: '/health/ready' });
      expect(ready.statusCode).toBe(503);
    } finally {
      await foreign.stop();
      stranger.remove();
    }
  }, 60_000);
});
