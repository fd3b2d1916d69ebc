import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AddressInfo, connect } from 'node:net';
import { createApp } from '../../src/bootstrap.js';
import { parseConfig } from '../../src/config/index.js';
import { shutDown } from '../../src/runtime/shutdown.js';

const SECRET = 'bootstrap-e2e-secret-of-32-chars.';
const authorization = `Bearer ${SECRET}`;

async function bootOrder(env: Record<string, string> = {}): Promise<NestFastifyApplication> {
  const app = await createApp(
    parseConfig({
      ROLE: 'order',
      HOST: '127.0.0.1',
      PORT: '0',
      CATALOG_ADDRESSES: '127.0.0.1:1',
      CLUSTER_SECRET: SECRET,
      LOG_LEVEL: 'silent',
      ...env,
    }),
  );
  await app.listen(0, '127.0.0.1');
  return app;
}
const portOf = (app: NestFastifyApplication) => (app.getHttpServer().address() as AddressInfo).port;
const baseOf = (app: NestFastifyApplication) => `http://127.0.0.1:${portOf(app)}`;

/** Sends bytes as they are and gives the whole answer. */
function raw(app: NestFastifyApplication, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(portOf(app), '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

describe('every role', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await bootOrder();
  });
  afterAll(() => app.close());

  const json = { 'content-type': 'application/json', authorization };
  it.each<[string, RequestInit, number, string]>([
    ['/nothing', {}, 404, 'There is nothing at this path'],
    ['/buy', { method: 'PUT' }, 404, 'There is nothing at this path'],
    ['/buy/1', { method: 'POST' }, 405, 'This path takes PUT'],
    ['/buy/1/', { method: 'DELETE' }, 405, 'This path takes PUT'],
    ['/health/ready', { method: 'PATCH' }, 405, 'This path takes GET, HEAD'],
    ['/%E0%A4%A', {}, 400, 'The path has a bad percent-encoding'],
    ['/buy/1', { method: 'PUT', headers: json, body: '{"a":' }, 400, 'The body is not valid JSON'],
    ['/buy/1', { method: 'PUT', headers: json, body: '{"__proto__":{}}' }, 400, 'The body is not valid JSON'],
    ['/buy/1', { method: 'PUT', headers: json, body: 'x'.repeat(2_000_000) }, 413, 'The body is too large'],
    [
      '/buy/1',
      { method: 'PUT', headers: { ...json, 'content-type': 'text/plain' }, body: 'x' },
      415,
      'The body has a content type that this path does not take',
    ],
  ])('answers %s %j', async (path, init, status, message) => {
    const response = await fetch(`${baseOf(app)}${path}`, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('x-frame-options')).toBe('DENY');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-type')).toContain('application/json');
    expect(await response.json()).toEqual({ message });
  });

  it.each([
    ['null', 400],
    ['[]', 400],
    ['"text"', 400],
    ['1', 400],
    // Of these nothing is wrong, but that no catalog is there.
    ['', 504],
    ['{}', 504],
  ])('refuses the JSON body %j with %i', async (body, status) => {
    const response = await fetch(`${baseOf(app)}/buy/1`, { method: 'PUT', headers: json, body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ message: expect.any(String) });
  });

  it('says which methods a path takes', async () => {
    const response = await fetch(`${baseOf(app)}/health/live`, { method: 'POST' });
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it('answers JSON for what is no HTTP, and for headers that are too large', async () => {
    expect(await raw(app, 'hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [^]*nosniff[^]*"message"/);
    const huge = `GET /lookup/${'1'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect(await raw(app, huge)).toMatch(/^HTTP\/1.1 431 [^]*DENY[^]*"message"/);
    const metrics = await (await fetch(`${baseOf(app)}/metrics`)).text();
    expect(metrics).toMatch(/count{method="none",route="refused",status="431"[^}]*} 1/);
  });

  it('shows its paths in Swagger', async () => {
    const page = await fetch(`${baseOf(app)}/api`);
    expect(await page.text()).toContain('Bazar order server');
    const document = (await (await fetch(`${baseOf(app)}/api-json`)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/buy/{id}', '/status', '/health/live', '/health/ready', '/metrics']),
    );
  });

  it('counts requests by route and status, unknown paths under one name', async () => {
    await fetch(`${baseOf(app)}/health/live/`);
    await fetch(`${baseOf(app)}/a-path-nobody-asked-before`);
    const metrics = await (await fetch(`${baseOf(app)}/metrics`)).text();
    expect(metrics).toMatch(
      /duration_seconds_count{[^}]*route="\/health\/live",status="200",role="order"} \d/,
    );
    expect(metrics).toMatch(/duration_seconds_count{[^}]*route="unknown",status="404"[^}]*} \d/);
    expect(metrics).toContain('process_cpu_seconds_total');
    expect(metrics).not.toContain('nobody-asked');
  });

  it('boots beside another with its own settings and figures', async () => {
    const other = await bootOrder({ CLUSTER_SECRET: 'another-secret-of-at-least-32-chars' });
    try {
      const buy = (base: string) => fetch(`${base}/buy/1`, { method: 'PUT', headers: { authorization } });
      expect((await buy(baseOf(app))).status).toBe(504);
      expect((await buy(baseOf(other))).status).toBe(401);
      expect(await (await fetch(`${baseOf(other)}/metrics`)).text()).not.toContain('status="504"');
    } finally {
      await other.close();
    }
  });
});

describe('shutDown', () => {
  it('is not ready, answers what is under way, and takes nothing new', async () => {
    const app = await bootOrder({ REQUEST_TIMEOUT_MS: '300' });
    const base = baseOf(app);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let arrived: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => (arrived = resolve));
    app
      .getHttpAdapter()
      .getInstance()
      .server.prependListener('request', () => arrived());
    const { HealthCheckService } = await import('@nestjs/terminus');
    const health = app.get(HealthCheckService);
    const check = health.check.bind(health);
    health.check = async (...indicators) => {
      await held;
      return check(...indicators);
    };
    const slow = fetch(`${base}/health/live`);
    await underWay;
    const stopped = shutDown(app, { drainMs: 0, withinMs: 5000 });
    release();
    expect((await slow).status).toBe(200);
    await expect(stopped).resolves.toBe(true);
    await expect(fetch(`${base}/health/live`)).rejects.toThrow();
  });

  it('does not wait for connections on which nothing was sent', async () => {
    const app = await bootOrder();
    const silent = connect(portOf(app), '127.0.0.1');
    const closed = new Promise((resolve) => silent.on('close', resolve));
    await new Promise((resolve) => app.getHttpServer().once('connection', resolve));
    await expect(shutDown(app, { drainMs: 0, withinMs: 5000 })).resolves.toBe(true);
    await closed;
  });

  it('first serves on, not ready, and sends each client away', async () => {
    const app = await bootOrder();
    const base = baseOf(app);
    const read = async (path: string) => {
      const answer = await fetch(`${base}${path}`);
      return {
        status: answer.status,
        connection: answer.headers.get('connection'),
        text: await answer.text(),
      };
    };
    expect(await read('/health/live')).toMatchObject({ status: 200, connection: 'keep-alive' });
    const hurry = new AbortController();
    const stopped = shutDown(app, { drainMs: 60_000, withinMs: 70_000, hurry: hurry.signal });
    expect(await read('/health/live')).toMatchObject({ status: 200, connection: 'close' });
    expect(await read('/health/ready')).toMatchObject({
      status: 503,
      connection: 'close',
      text: expect.stringContaining('stopping'),
    });
    expect(await read('/nothing')).toMatchObject({ status: 404, connection: 'close' });
    hurry.abort();
    await expect(stopped).resolves.toBe(true);
    await expect(fetch(`${base}/health/live`)).rejects.toThrow();
  });
});
