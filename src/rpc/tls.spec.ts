import { get } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Server } from 'node:http';
import { Authority } from '../../test/support/certificates.js';
import { readTls, TlsMistake, type TlsConfig } from '../config/tls.js';
import { createEntranceServer } from '../http/entrance.js';
import { type Call } from '../contract/call.js';
import { record, whole } from '../contract/shapes.js';
import { RpcHandlers } from './handlers.js';
import { type LineIdentity, openLine } from './opening.js';
import { RpcServer } from './server.js';

const double: Call<{ n: number }, { n: number }> = {
  name: 'double',
  audience: 'roles',
  vital: false,
  request: record({ n: whole(0, 1000) }),
  answer: record({ n: whole(0, 2000) }),
};
const identity = (tls: TlsConfig | null): LineIdentity => ({
  self: { role: 'order', id: 'me', address: 'http://me', operations: [] },
  keys: () => ['secret'],
  tls,
});

describe('TLS', () => {
  let authority: Authority;
  let stranger: Authority;
  let good: ReturnType<Authority['issue']>;
  let server: Server | undefined;
  let lines: RpcServer | undefined;
  beforeAll(() => {
    [authority, stranger] = [new Authority(), new Authority()];
    good = authority.issue('good');
  });
  afterEach(async () => {
    await lines?.leave();
    server?.closeAllConnections();
    server?.close();
    server = lines = undefined;
  });
  afterAll(() => {
    authority.remove();
    stranger.remove();
  });

  async function serve(tls: TlsConfig): Promise<string> {
    const handlers = new RpcHandlers();
    handlers.handle(double, ({ n }) => ({ n: 2 * n }));
    server = createEntranceServer({}, (_request, response) => response.end('plain'), tls);
    lines = new RpcServer(identity(tls), handlers);
    lines.attach(server);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const open = (address: string, tls: TlsConfig | null) =>
    openLine({ address, audience: 'roles', channel: 'calls' }, identity(tls), new RpcHandlers(), 5_000);

  it('has roles open lines to each other that both have a certificate of the authority', async () => {
    const address = await serve(good.tls);
    const opened = await open(address, good.tls);
    if (opened.kind !== 'open') throw new Error(opened.reason);
    expect(await opened.connection.call(double, { n: 4 }, { timeoutMs: 5_000 })).toEqual({
      kind: 'answered',
      answer: { n: 8 },
    });
    opened.connection.destroy('done');
  });

  it('asks who comes without a line for no certificate', async () => {
    const address = await serve(good.tls);
    const body = await new Promise<string>((resolve, reject) => {
      get(address, { ca: authority.ca }, (answer) =>
        answer.on('data', (data: Buffer) => resolve(data.toString())),
      ).on('error', reject);
    });
    expect(body).toBe('plain');
  });

  it('refuses lines of those whose certificate is of another authority, has ended, or is missing', async () => {
    const address = await serve(good.tls);
    const { ca } = good.tls;
    const foreign = { ...stranger.issue('foreign').tls, ca };
    const ended = authority.issue('ended', { days: -1 }).tls;
    for (const tls of [foreign, ended])
      expect(await open(address, tls)).toEqual({
        kind: 'refused',
        reason: 'Unexpected server response: 495',
      });
    // Without settings of TLS the system's authorities count, of which this is none.
    expect(await open(address, null)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/certificate/) as string,
    });
    expect(await open(address.replace('https', 'http'), good.tls)).toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['of another authority', () => stranger.issue('server').tls, /certificate/],
    [
      'for another name',
      () => authority.issue('elsewhere', { host: 'elsewhere' }).tls,
      /does not match|altnames/,
    ],
    ['that has ended', () => authority.issue('old', { days: -1 }).tls, /expired/],
  ])('believes no server whose certificate is one %s', async (_, certificate, reason) => {
    const address = await serve({ ...certificate(), ca: authority.ca });
    expect(await open(address, good.tls)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('stops the start, by name, when a file does not do', () => {
    const { settings, tls } = good;
    const texts: Record<string, string> = {
      [settings.TLS_CERT_FILE]: tls.cert,
      [settings.TLS_KEY_FILE]: tls.key,
      [settings.TLS_CA_FILE]: tls.ca,
      '/other.key': authority.issue('other').tls.key,
      '/ended.pem': authority.issue('ended', { days: -1 }).tls.cert,
      '/rubbish': 'sesame',
    };
    const read = (given: object): unknown => {
      try {
        return readTls({ ...settings, ...given }, (path) => {
          const text = texts[path];
          if (text === undefined) throw new Error('no such file');
          return text;
        });
      } catch (error) {
        if (error instanceof TlsMistake) return `${error.variable}: ${error.takes}`;
        throw error;
      }
    };
    expect(read({})).toEqual(tls);
    expect(read({ TLS_CA_FILE: undefined })).toEqual({ ...tls, ca: null });
    expect(readTls({}, () => '')).toBeNull();
    expect([
      read({ TLS_CERT_FILE: undefined }),
      read({ TLS_KEY_FILE: undefined }),
      read({ TLS_CERT_FILE: '/none' }),
      read({ TLS_CERT_FILE: '/rubbish' }),
      read({ TLS_CERT_FILE: '/ended.pem' }),
      read({ TLS_KEY_FILE: '/rubbish' }),
      read({ TLS_KEY_FILE: '/other.key' }),
      read({ TLS_CA_FILE: '/rubbish' }),
    ]).toEqual([
      'TLS_CERT_FILE: a file with the certificate of this process, since TLS is wanted',
      'TLS_KEY_FILE: a file with the private key of its certificate, since TLS is wanted',
      'TLS_CERT_FILE: a file that can be read (no such file)',
      expect.stringMatching(/^TLS_CERT_FILE: certificates in PEM \(/),
      expect.stringMatching(/^TLS_CERT_FILE: a certificate that has not ended \(on /),
      expect.stringMatching(/^TLS_KEY_FILE: a private key in PEM, without a passphrase \(/),
      'TLS_KEY_FILE: the private key of the certificate in TLS_CERT_FILE',
      expect.stringMatching(/^TLS_CA_FILE: certificates in PEM \(/),
    ]);
  });
});
