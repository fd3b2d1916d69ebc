import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An authority of a test's own, and files with the certificates that it gave, made by openssl. */
export class Authority {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bazar-certificates-'));
  readonly caFile = this.path('ca.pem');

  constructor() {
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      this.path('ca.key'),
    ];
    openssl('req', '-x509', ...key, '-out', this.caFile, '-days', '2', '-subj', '/CN=Bazar test authority');
  }

  get ca(): string {
    return readFileSync(this.caFile, 'utf8');
  }

  /** For 127.0.0.1, or that name alone. `days`: how long it is valid; below 0: it has ended already. */
  issue(name: string, { days = 1, host = '' }: { days?: number; host?: string } = {}) {
    const [key, request, cert] = [
      this.path(`${name}.key`),
      this.path(`${name}.csr`),
      this.path(`${name}.pem`),
    ];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
    const names = `subjectAltName=${host === '' ? 'IP:127.0.0.1,DNS:localhost' : `DNS:${host}`}`;
    openssl('req', ...curve, '-out', request, '-subj', `/CN=${name}`, '-addext', names);
    const by = [
      '-CA',
      this.caFile,
      '-CAkey',
      this.path('ca.key'),
      '-CAcreateserial',
      '-copy_extensions',
      'copyall',
    ];
    openssl('x509', '-req', '-in', request, ...by, '-out', cert, '-days', String(days));
    const settings = { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CA_FILE: this.caFile };
    const tls = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8'), ca: this.ca };
    return { settings, tls };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private path(name: string): string {
    return join(this.folder, name);
  }
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
