import fastify, { type FastifyInstance } from 'fastify';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from './data-folder.js';
import { type ImportAnswer, importBooks } from './import-books.js';

const CSV = `title,topic,price,quantity\n${'A book,A topic,1.50,2\n'.repeat(5000)}`;

describe('npm run import', () => {
  let folder: string;
  let shop: FastifyInstance;
  let url: string;
  let received: { authorization?: string; type?: string; body: string } | undefined;
  let answer: { status: number; body: unknown };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-import-'));
    received = undefined;
    answer = { status: 200, body: { created: 2, unchanged: 1, rejected: [] } satisfies ImportAnswer };
    shop = fastify({ bodyLimit: 10_000_000 });
    shop.addContentTypeParser(
      ['text/csv', 'application/x-ndjson'],
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
    shop.post<{ Body: string }>('/books/import', (request, reply) => {
      const { authorization, 'content-type': type } = request.headers;
      received = { authorization, type, body: request.body };
      return reply.status(answer.status).send(answer.body);
    });
    await shop.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(shop.server.address() as AddressInfo).port}`;
    writeFileSync(join(folder, 'books.csv'), CSV);
    writeFileSync(join(folder, 'books.jsonl'), '{}\n');
  });
  afterEach(async () => {
    await shop.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(args: string[], isTTY = false) {
    const out: string[] = [];
    const drawn: string[] = [];
    const code = await importBooks(args, {
      print: (line) => out.push(line),
      complain: (line) => out.push(line),
      terminal: { isTTY, write: (text) => drawn.push(text) },
    });
    return { code, out: out.join('\n'), drawn };
  }
  const csv = () => join(folder, 'books.csv');

  it('sends the file as it is and says what became of it', async () => {
    answer.body = { created: 2, unchanged: 1, rejected: [{ line: 7, reason: 'price must be a number' }] };
    const { code, out } = await run([csv(), '--url', `${url}/`, '--token', 'open']);
    expect(received).toEqual({ authorization: 'Bearer open', type: 'text/csv', body: CSV });
    expect(out).toMatch(/^line 7: price must be a number\n2 created, 1 unchanged, 1 rejected in [\d.]+ s$/);
    expect(code).toBe(0);
  });

  it('knows JSON lines by their name', async () => {
    await run([join(folder, 'books.jsonl'), '--url', url, '--token', 'open']);
    expect(received?.type).toBe('application/x-ndjson');
  });

  it('finds the bookstore that npm start runs, and its token', async () => {
    const data = new DataFolder(join(folder, 'data'));
    const { adminToken } = data.secrets();
    data.announce([url]);
    const { code } = await run([csv(), '--data', data.path]);
    expect(code).toBe(0);
    expect(received?.authorization).toMatch(/^Bearer [\w-]{43}$/);
    expect(adminToken).toContain(data.path);
  });

  it('draws its progress where somebody looks', async () => {
    const watched = await run([csv(), '--url', url, '--token', 'open'], true);
    expect(watched.drawn.at(-2)).toContain('100 %');
    expect((await run([csv(), '--url', url, '--token', 'open'])).drawn).toEqual([]);
  });

  it.each<[string, (folder: string) => string[], string]>([
    ['no file', () => [], 'npm run import -- FILE'],
    ['two files', () => ['a.csv', 'b.csv'], 'npm run import -- FILE'],
    ['an unknown option', () => ['a.csv', '--colour'], "Unknown option '--colour'"],
    ['a file of another kind', () => ['books.xlsx'], '.csv, .jsonl or .ndjson'],
    ['a file that is not there', () => ['none.csv', '--url', 'http://127.0.0.1:1', '--token', 'x'], 'ENOENT'],
    [
      'no bookstore',
      (at) => [join(at, 'books.csv'), '--data', at],
      'start one with npm start, or give --url',
    ],
    ['no token', (at) => [join(at, 'books.csv'), '--data', at, '--url', 'http://a'], 'give --token'],
    [
      'a bookstore that is not there',
      (at) => [join(at, 'books.csv'), '--url', 'http://127.0.0.1:1', '--token', 'x'],
      'could not be reached',
    ],
  ])('says what is wrong with %s', async (_name, args, message) => {
    const { code, out } = await run(args(folder));
    expect([code, out]).toEqual([1, expect.stringContaining(message)]);
  });

  it('shows why the bookstore refused', async () => {
    answer = { status: 401, body: { message: 'The admin token is missing or wrong' } };
    const { code, out } = await run([csv(), '--url', url, '--token', 'wrong']);
    expect([code, out]).toEqual([1, `${url} answered 401: The admin token is missing or wrong`]);
  });
});
