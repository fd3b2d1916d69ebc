import 'reflect-metadata';
import { type AddressInfo } from 'node:net';
import { createApp } from '../../src/bootstrap.js';
import { parseConfig } from '../../src/config/index.js';
import { freePorts } from '../support/ports.js';
import { FrontEndBeforeFakes } from './frontend-fakes.js';

const SECRET = 'operational-paths-e2e-secret-of-32';

/** An order server that is not ready, for its catalog is not there. */
async function orderServer(env: Record<string, string>) {
  const settings = { ROLE: 'order', CATALOG_ADDRESSES: '127.0.0.1:1', CLUSTER_SECRET: SECRET };
  const config = parseConfig({ ...settings, LOG_LEVEL: 'silent', HOST: '0.0.0.0', PORT: '0', ...env });
  const app = await createApp(config);
  await app.listen(0, config.host);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const get = (path: string, authorization?: string) =>
    fetch(
      `http://127.0.0.1:${port}${path}`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
  return { app, get };
}

const CLOSED = [
  '/metrics',
  '/metrics/',
  '/%6detrics',
  '/api',
  '/api/',
  '/api-json',
  '/%61pi-json',
  '/api/swagger-ui.css',
];

describe('figures, Swagger and reasons', () => {
  it('are for those with the secret where the role can be reached from elsewhere', async () => {
    const { app, get } = await orderServer({});
    try {
      for (const path of CLOSED) {
        expect([path, (await get(path)).status]).toEqual([path, 401]);
        expect([path, (await get(path, 'Bearer wrong')).status]).toEqual([path, 401]);
        expect([path, (await get(path, `Bearer ${SECRET}`)).status]).toEqual([path, 200]);
      }
      const ready = await get('/health/ready');
      expect(ready.status).toBe(503);
      expect(await ready.json()).toEqual({ status: 'error', message: expect.any(String) });
      expect(await (await get('/health/live')).json()).toMatchObject({ status: 'ok' });
      const told = await get('/health/ready', `Bearer ${SECRET}`);
      expect(await told.json()).toMatchObject({ status: 'error', details: expect.any(Object) });
    } finally {
      await app.close();
    }
  });

  it('are on a port of their own, if there is one, and nothing else is', async () => {
    const [port = 0] = await freePorts(1);
    const { app, get } = await orderServer({ METRICS_PORT: String(port) });
    try {
      const inside = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      expect(await (await inside('/metrics')).text()).toContain('process_cpu_seconds_total');
      expect(await (await inside('/health/ready')).json()).toMatchObject({ details: expect.any(Object) });
      expect((await inside('/api-json')).status).toBe(200);
      for (const path of ['/', '/buy/1', '/status', '/traces/1']) {
        expect([path, (await inside(path)).status]).toEqual([path, 404]);
      }
      expect((await get('/metrics')).status).toBe(401);
    } finally {
      await app.close();
    }
  });

  it('say of Swagger what a browser may load, and hide the page of its package', async () => {
    const { app, get } = await orderServer({ HOST: '127.0.0.1' });
    try {
      const page = await get('/api');
      expect(page.status).toBe(200);
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("frame-ancestors 'none'");
      // All of its scripts are files.
      expect(await page.text()).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>\s*\S/);
      for (const path of ['/api/index.html', '/api/%69ndex.html']) {
        expect([path, (await get(path)).status]).toEqual([path, 404]);
      }
    } finally {
      await app.close();
    }
  });
});

describe('a front-end', () => {
  let shop: FrontEndBeforeFakes;
  beforeAll(async () => {
    shop = await FrontEndBeforeFakes.start();
  });
  afterAll(() => shop.stop());

  it.each<[string, string, string]>([
    ['GET', '/lookup/2', 'no-cache'],
    ['GET', '/lookup/2?', 'no-cache'],
    ['GET', '/lookup/8', 'no-store'],
    ['GET', '/lookup/x', 'no-store'],
    ['GET', '/search/distributed', 'no-cache'],
    ['PUT', '/buy/2', 'no-store'],
    ['GET', '/orders/none', 'no-store'],
    ['GET', '/orders', 'no-store'],
    ['GET', '/ops/access', 'no-store'],
    ['GET', '/health/live', 'no-store'],
    ['GET', '/nothing', 'no-store'],
    ['DELETE', '/lookup/2', 'no-store'],
  ])('bears the headers of safety on %s %s', async (method, path, kept) => {
    // Twice: the second may come out of the cache.
    for (let turn = 0; turn < 2; turn += 1) {
      const { headers } = await shop.fetch(path, { method });
      expect([headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual([
        'nosniff',
        'DENY',
      ]);
      expect(headers.get('cache-control')).toBe(kept);
    }
  });
});
