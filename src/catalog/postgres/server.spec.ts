import { createServer, type AddressInfo } from 'node:net';
import { parsePostgresUrl } from '../../config/postgres-url.js';
import { StartError } from '../../runtime/start-error.js';
import { flawOf, hopeless, NoServer, reasonFor, Server } from './server.js';

describe('a server', () => {
  it.each([
    ['too old', { number: 130_022, version: '13.22', encoding: 'UTF8' }, 'is PostgreSQL 13.22, and 14 is'],
    ['the oldest', { number: 140_000, version: '14.0', encoding: 'UTF8' }, null],
    ['of another encoding', { number: 180_000, version: '18.0', encoding: 'LATIN1' }, 'in LATIN1, and books'],
  ])('%s is told so', (_, found, says) => {
    const flaw = flawOf(found);
    if (says === null) expect(flaw).toBeNull();
    else expect(flaw).toContain(says);
  });

  const database = parsePostgresUrl('postgres://shop:its-password@db/bazar');
  if (database === null) throw new Error('no such URL');

  it.each([
    ['28P01', 'refuses the password'],
    ['28000', 'refuses the user'],
    ['3D000', 'no such database'],
    ['42501', 'may not do'],
    ['42P07', 'tables that are not'],
    ['42P01', 'is not whole'],
    ['42703', 'is not whole'],
    ['3F000', 'has no schema'],
  ])('that answers %s ends a catalog', (code, says) => {
    const error = hopeless(Object.assign(new Error('its-password'), { code }), database);
    expect(error?.message).toContain(says);
    expect(error?.message).not.toContain('its-password');
  });

  it.each(['57P03', '53300', 'ECONNREFUSED', ''])('that answers %s is waited for', (code) => {
    const error = Object.assign(new Error('not now'), { code });
    expect([hopeless(error, database), reasonFor(error)]).toEqual([undefined, 'not now']);
  });
});

/** A message of PostgreSQL's protocol (version 3): its kind, its length, what it says. */
function message(kind: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(kind), length, body]);
}

const text = (...parts: readonly string[]) => Buffer.from(parts.map((part) => `${part}\0`).join(''));
const TEXT_COLUMN = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0]);
const READY = message('Z', Buffer.from('I'));
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), READY]);

function refusal(code: string, says: string): Buffer {
  return message('E', Buffer.concat([text('SFATAL', `C${code}`, `M${says}`), Buffer.alloc(1)]));
}

function row(fields: Readonly<Record<string, string>>): Buffer {
  const count = Buffer.from([0, Object.keys(fields).length]);
  const names = Object.keys(fields).flatMap((name) => [text(name), TEXT_COLUMN]);
  const values = Object.values(fields).flatMap((value) => [
    Buffer.from([0, 0, 0, value.length]),
    Buffer.from(value),
  ]);
  const description = message('T', Buffer.concat([count, ...names]));
  return Buffer.concat([description, message('D', Buffer.concat([count, ...values])), READY]);
}

/** What becomes of a catalog that finds a server which answers its first two messages so; it goes away after that. */
async function foundBy(answers: readonly Buffer[], hostsBefore = '', query = ''): Promise<unknown> {
  const standIn = createServer((socket) => {
    const left = [...answers];
    socket.on('data', () => {
      const answer = left.shift();
      if (answer === undefined) socket.end();
      else socket.write(answer);
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => standIn.listen(0, '127.0.0.1', resolve));
  const { port } = standIn.address() as AddressInfo;
  const url = `postgres://shop:its-password@${hostsBefore}127.0.0.1:${port}/bazar${query}`;
  const found = parsePostgresUrl(url);
  if (found === null) throw new Error(`no URL: ${url}`);
  try {
    return await Server.connect(found, { connectTimeoutMs: 1_000, leaseMs: 500 });
  } catch (error) {
    return error;
  } finally {
    standIn.close();
  }
}

const OLD = { number: '130023', version: '13.23', encoding: 'UTF8', standby: 'f', read_only: 'off' };
const NEW = { ...OLD, number: '180000', version: '18.0' };

describe('a catalog that finds a server', () => {
  it.each<[string, readonly Buffer[], string, RegExp]>([
    [
      'too old',
      [WELCOME, row(OLD)],
      '',
      /127.0.0.1:\d+ is PostgreSQL 13.23, and 14 is the oldest that will do$/,
    ],
    ['too old behind one that is away', [WELCOME, row(OLD)], '127.0.0.1:1,', /is PostgreSQL 13.23/],
    ['of another encoding', [WELCOME, row({ ...NEW, encoding: 'LATIN1' })], '', /in LATIN1/],
    [
      'that takes TLS alone',
      [refusal('28000', 'no pg_hba.conf entry for host, no encryption')],
      '',
      /sslmode/,
    ],
    [
      'that refuses its address',
      [refusal('28000', 'no pg_hba.conf entry for host')],
      '',
      /connects from here/,
    ],
  ])('%s ends with one line', async (_, answers, before, says) => {
    const error = await foundBy(answers, before);
    expect(error).toBeInstanceOf(StartError);
    expect(reasonFor(error)).toMatch(says);
    expect(reasonFor(error)).not.toMatch(/\n|its-password/);
  });

  it.each<[string, readonly Buffer[], string, RegExp]>([
    ['that is a standby', [WELCOME, row({ ...NEW, standby: 't' })], '', /takes no writes/],
    ['that only reads', [WELCOME, row({ ...NEW, read_only: 'on' })], '', /takes no writes/],
    ['that is full', [refusal('53300', 'sorry, too many clients already')], '', /too many clients already/],
    ['that just starts', [refusal('57P03', 'the database system is starting up')], '', /starting up/],
    ['without TLS, where that is asked for', [Buffer.from('N')], '?sslmode=require', /does not support SSL/],
    ['that is none', [Buffer.from('HTTP/1.1 400 Bad Request\r\n')], '', /cannot be used now/],
  ])('%s waits with one line', async (_, answers, query, says) => {
    const error = await foundBy(answers, '', query);
    expect(error).toBeInstanceOf(NoServer);
    expect(reasonFor(error)).toMatch(says);
    expect(reasonFor(error)).not.toMatch(/\n|its-password/);
  });
});
