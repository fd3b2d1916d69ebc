import fastify, { type FastifyInstance } from 'fastify';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolder } from './data-folder.js';
import { type ImportReport } from '../contract/public-import.js';
import { importBooks } from './import-books.js';

const CSV = `title,topic,price,quantity\n${'A book,A topic,1.50,2\n'.repeat(5000)}`;

const REPORT: ImportReport = {
  created: 2,
  unchanged: 1,
  updated: 0,
  differs: [],
  differsCount: 0,
  rejected: [],
  rejectedCount: 0,
  understood: { encoding: 'utf-8', separator: ',', columns: { title: ['title'] }, leftOut: [] },
};

describe('npm run import', () => {
  let folder: string;
  let shop: FastifyInstance;
  let url: string;
  let received: { authorization?: string; type?: string; url: string; body: string } | undefined;
  let answer: { status: number; body: unknown };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-import-'));
    received = undefined;
    answer = { status: 200, body: REPORT };
    shop = fastify({ bodyLimit: 10_000_000 });
    shop.addContentTypeParser(
      ['text/csv', 'application/x-ndjson'],
      { parseAs: 'string' },
      (_request, body, done) => done(null, body),
    );
    shop.post<{ Body: string }>('/books/import', (request, reply) => {
      const { authorization, 'content-type': type } = request.headers;
      received = { authorization, type, url: request.url, body: request.body };
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
    const rejected = [{ line: 7, reason: 'price must be a number' }];
    answer.body = { ...REPORT, rejected, rejectedCount: 1500 };
    const { code, out } = await run([csv(), '--url', `${url}/`, '--token', 'open']);
    expect(received).toEqual({
      authorization: 'Bearer open',
      type: 'text/csv',
      url: '/books/import',
      body: CSV,
    });
    expect(out).toMatch(
      /^line 7: price must be a number\nand 1499 more lines\n2 created, 1 unchanged, 1500 rejected in [\d.]+ s$/,
    );
    expect(code).toBe(0);
  });

  it('hands wishes on, and tells how the file was read and what differs', async () => {
    answer.body = {
      ...REPORT,
      differs: [{ line: 3, bookId: 9, fields: ['price', 'quantity'] }],
      differsCount: 1,
      understood: {
        encoding: 'windows-1252',
        separator: ';',
        columns: { title: ['Nom'] },
        leftOut: ['Rayon'],
      },
    };
    const wishes = ['--map', 'title=Nom', '--set', 'topic=A b', '--separator', ';', '--encoding', 'latin1'];
    const { out } = await run([csv(), '--url', url, '--token', 'open', ...wishes, '--update']);
    expect(received?.url).toBe(
      '/books/import?map=title%3DNom&set=topic%3DA+b&separator=%3B&encoding=latin1&update=true',
    );
    expect(out).toContain('read as WINDOWS-1252, separated by semicolon: title from Nom\nleft out: Rayon\n');
    expect(out).toMatch(
      /line 3: book 9 differs in price and quantity\n.*\n2 created, 1 unchanged, 1 differ, 0 rej/,
    );
  });

  it('previews whole lines of the beginning of a long file', async () => {
    const { understood } = REPORT;
    answer.body = { understood, missing: ['topic'], books: [], rejected: [] };
    writeFileSync(csv(), `title\n${'é\n'.repeat(500_000)}`);
    const { out } = await run([csv(), '--url', url, '--token', 'open', '--preview']);
    expect(received?.url).toBe('/books/import?preview=true');
    expect(received?.body).toMatch(/^title\n[é\n]{600000,}é\n$/);
    expect(out).toMatch(/^missing: topic .*\nnothing was changed$/);
  });

  it('says what to do about a doubt', async () => {
    answer = { status: 422, body: { message: 'missing columns: topic', doubtful: ['topic'] } };
    expect((await run([csv(), '--url', url, '--token', 'open'])).out).toContain('--map FIELD=COLUMN');
    answer = {
      status: 422,
      body: { message: 'not UTF-8 after line 9001. So far: 9000 created', doubtful: ['encoding'] },
    };
    expect((await run([csv(), '--url', url, '--token', 'open'])).out).toMatch(
      /9001.*9000 created\n--encoding/,
    );
  });

  it('knows JSON lines by their name', async () => {
    await run([join(folder, 'books.jsonl'), '--url', url, '--token', 'open']);
    expect(received?.type).toBe('application/x-ndjson');
  });

  it('finds the bookstore that npm start runs, and its token', async () => {
    const data = new DataFolder(join(folder, 'data'));
    const { adminToken } = data.secrets();
    data.announce([url], []);
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
    ['a file of another kind', () => ['books.xlsx'], '.csv, .tsv, .txt, .jsonl or .ndjson'],
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
