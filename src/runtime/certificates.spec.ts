import { type HttpAdapterHost } from '@nestjs/core';
import { copyFileSync, writeFileSync } from 'node:fs';
import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import { X509Certificate } from 'node:crypto';
import { Authority } from '../../test/support/certificates.js';
import { createEntranceServer } from '../http/entrance.js';
import { Certificates } from './certificates.js';

describe('certificates that are renewed', () => {
  const authority = new Authority();
  afterAll(() => authority.remove());

  /** As who the server shows itself. */
  async function shownBy(server: Server): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', ca: authority.ca });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    const { subject } = socket.getPeerX509Certificate() ?? new X509Certificate('');
    socket.destroy();
    return subject;
  }

  it('are shown to new connections, and kept where the new ones do not do', async () => {
    const { settings, tls } = authority.issue('first');
    const second = authority.issue('second').settings;
    const server = createEntranceServer({}, (_request, response) => response.end(), tls);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const adapterHost = { httpAdapter: { getHttpServer: () => server } } as unknown as HttpAdapterHost;
    const certificates = new Certificates({ tls, tlsFiles: settings }, adapterHost);
    try {
      expect(await shownBy(server)).toBe('CN=first');
      copyFileSync(second.TLS_CERT_FILE, settings.TLS_CERT_FILE);
      certificates.takeAnew();
      // Its key is the other's.
      expect([await shownBy(server), certificates.current]).toEqual(['CN=first', tls]);
      copyFileSync(second.TLS_KEY_FILE, settings.TLS_KEY_FILE);
      certificates.takeAnew();
      expect([await shownBy(server), certificates.current?.key]).not.toContain(tls.key);
      expect(await shownBy(server)).toBe('CN=second');
      writeFileSync(settings.TLS_CA_FILE, 'sesame');
      certificates.takeAnew();
      expect(certificates.current?.ca).toBe(tls.ca);
    } finally {
      writeFileSync(settings.TLS_CA_FILE, tls.ca);
      server.close();
    }
  });
});
