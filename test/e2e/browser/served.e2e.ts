import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import { servePages } from '../../../src/frontend/pages/pages.route.js';
import { execFileSync } from 'node:child_process';
import { buildDist } from '../../support/processes.js';
import { OPENING_TIMEOUT_MS } from './shop.js';

const BUILT = fileURLToPath(new URL('../../../web/dist', import.meta.url));
const MOST_SCRIPT_BYTES = 100_000;

describe('The pages as they are served', () => {
  beforeAll(buildDist, OPENING_TIMEOUT_MS);

  const served = async (folder: string) => {
    const app = fastify();
    await app.register(async (scope) => servePages(scope, folder));
    return app;
  };

  test('the first load takes less than 100 kB of script, compressed as a browser asks for it', async () => {
    const app = await served(BUILT);
    const html = readFileSync(join(BUILT, 'index.html'), 'utf8');
    const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    let bytes = 0;
    for (const url of scripts) {
      const answer = await app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
      expect(answer.headers['content-encoding']).toBe('gzip');
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      bytes += answer.rawPayload.length;
    }
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES);
    await app.close();
  });

  test('every text is there compressed, and its answer too', async () => {
    const files = readdirSync(join(BUILT, 'assets')).filter((name) => /\.(js|css|svg)$/.test(name));
    for (const name of files) {
      const path = join(BUILT, 'assets', name);
      expect({ name, smaller: statSync(`${path}.gz`).size < statSync(path).size + 30 }).toEqual({
        name,
        smaller: true,
      });
    }
    const app = await served(BUILT);
    const page = await app.inject({ url: '/', headers: { 'accept-encoding': 'br, gzip' } });
    expect(page.headers['content-encoding']).toBe('br');
    await app.close();
  });

  test.each([
    '/',
    '/book/7',
    '/my-orders',
    '/basket',
    '/checkout',
    '/order/abc',
    '/admin',
    '/admin/import',
    '/ops',
    '/ops/book/7',
    '/ops/follow/x',
    '/ops/try',
  ])('%s is the page, under a policy without inline script', async (url) => {
    const app = await served(BUILT);
    const { statusCode, headers, body } = await app.inject({ url });
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/html/);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    await app.close();
  });

  test('the shapes that the pages know are those of the API', () => {
    const script = fileURLToPath(new URL('../../../web/generate-api.js', import.meta.url));
    execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe', timeout: 60_000 });
  }, 90_000);

  test('without a build the page says how to make one, and nothing else fails', async () => {
    const app = await served('/nowhere/web/dist');
    const { statusCode, body } = await app.inject({ url: '/' });
    expect(statusCode).toBe(503);
    expect(body).toContain('npm run build:web');
    await app.close();
  });
});
