import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { BookstoreInProcess } from '../support/in-process.js';
import { until } from '../support/until.js';

const SLOW_BODIES = 2_000;
const PIPELINED = 1_500;
const WIDE_BODIES = 30;
const FIELDS = 100_000;
const ROUNDS = 3;

/** Everything that one address can do at once, short of a network of its own. */
class Flood {
  private readonly sockets = new Set<Socket>();
  private readonly port: number;
  private readonly wide: string;

  constructor(address: string) {
    this.port = Number(new URL(address).port);
    const fields = Object.fromEntries(Array.from({ length: FIELDS }, (_, at) => [`field${at}`, at]));
    this.wide = JSON.stringify(fields);
  }

  /** `Content-Length` and the first of a body whose rest never comes. */
  slowBodies(): Promise<unknown> {
    const text = post(100, '{');
    return Promise.all(Array.from({ length: SLOW_BODIES }, () => this.open(text)));
  }

  wideBodies(): Promise<unknown> {
    const text = post(this.wide.length, this.wide);
    return Promise.all(Array.from({ length: WIDE_BODIES }, () => this.open(text)));
  }

  async pipelinedResets(): Promise<void> {
    const text = 'GET /lookup/999999 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(PIPELINED);
    const sockets = await Promise.all([1, 2, 3].map(() => this.open(text)));
    await new Promise((resolve) => setImmediate(resolve));
    for (const socket of sockets) socket.resetAndDestroy();
  }

  end(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private open(text: string): Promise<Socket> {
    const socket = connect({ port: this.port, host: '127.0.0.1', localAddress: '127.0.0.1' });
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.resume();
    return new Promise((resolve) => {
      socket
        .once('connect', () => socket.write(text, () => resolve(socket)))
        .once('close', () => resolve(socket));
    });
  }
}

const post = (length: number, body: string): string =>
  `POST /orders HTTP/1.1\r\nHost: a\r\nIdempotency-Key: key-of-a-flood-0001\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;

/** Asks from 127.0.0.2. */
class Buyer {
  readonly failures: string[] = [];
  asked = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 4, localAddress: '127.0.0.2' });

  constructor(private readonly address: string) {}

  async ask(method: string, path: string): Promise<void> {
    this.asked += 1;
    const told = await new Promise<string>((resolve) => {
      const asked = request(`${this.address}${path}`, { method, agent: this.agent }, (answer) => {
        answer.resume().on('end', () => resolve(String(answer.statusCode)));
      });
      asked.on('error', (error) => resolve(error.message)).end();
    });
    if (told !== '200') this.failures.push(`${method} ${path}: ${told}`);
  }

  end(): void {
    this.agent.destroy();
  }
}

describe('a front-end that one address floods', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({
      catalogs: 1,
      orders: 1,
      frontEnds: 1,
      // Five roles, the flood and the buyer share this process: each hop gets more time than by default.
      settings: { NODE_ENV: 'production', REQUEST_TIMEOUT_MS: '20000', CONNECT_TIMEOUT_MS: '10000' },
    });
  }, 120_000);
  afterAll(() => bookstore?.stop());

  it('reads and sells to another address all the while, and has its places back after it', async () => {
    const address = bookstore.frontEnds[0]?.address ?? '';
    const flood = new Flood(address);
    const buyer = new Buyer(address);
    let flooding = true;
    const buying = (async () => {
      while (flooding) {
        for (const id of [1, 2, 3, 4]) await buyer.ask('GET', `/lookup/${id}`);
        await buyer.ask('GET', '/search/distributed');
        await buyer.ask('PUT', '/buy/4');
      }
    })();
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        await Promise.all([flood.slowBodies(), flood.wideBodies(), flood.pipelinedResets()]);
      }
      const before = buyer.asked;
      await until('the buyer goes on while the flood stands', () => buyer.asked > before + 20, 60_000);
    } finally {
      flooding = false;
      await buying;
    }
    expect(buyer.failures).toEqual([]);
    flood.end();
    await until('all places are free', async () => {
      const metrics = await (await fetch(`${address}/metrics`)).text();
      // The one that asks.
      return /^bazar_requests_in_flight\S* [01]$/m.test(metrics);
    });
    buyer.end();
  }, 180_000);
});
