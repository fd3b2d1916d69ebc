import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

/** What this process shows to others and believes of them, in PEM. */
export interface TlsConfig {
  /** Its own certificate, and those between it and the authority. */
  readonly cert: string;
  readonly key: string;
  /** Authorities of the certificates between roles, without one of which nobody opens a line; null: those of the system, and none is asked for. */
  readonly ca: string | null;
}

const FILES = ['TLS_CERT_FILE', 'TLS_KEY_FILE', 'TLS_CA_FILE'] as const;
type FileName = (typeof FILES)[number];

/** Where they are read from. */
export type TlsFiles = Readonly<Partial<Record<FileName, string>>>;

/** A setting, and what it takes instead of what it got. */
export class TlsMistake extends Error {
  constructor(
    readonly variable: FileName,
    readonly takes: string,
  ) {
    super(takes);
  }
}

/** Of the settings, those that name files. */
export function tlsFilesOf(settings: TlsFiles): TlsFiles {
  return Object.fromEntries(
    FILES.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
  );
}

/** Null: none is set. Throws `TlsMistake`. */
export function readTls(
  paths: TlsFiles,
  readFile: (path: string) => string,
  now: number = Date.now(),
): TlsConfig | null {
  if (FILES.every((name) => paths[name] === undefined)) return null;
  const content = (name: FileName, what: string): string => {
    const path = paths[name];
    if (path === undefined) throw new TlsMistake(name, `a file with ${what}, since TLS is wanted`);
    return attempt(name, `a file that can be read`, () => readFile(path));
  };
  const cert = content('TLS_CERT_FILE', 'the certificate of this process');
  const key = content('TLS_KEY_FILE', 'the private key of its certificate');
  const ca = paths.TLS_CA_FILE === undefined ? null : content('TLS_CA_FILE', 'certificates');
  const own = certificateIn('TLS_CERT_FILE', cert, now);
  const ownKey = attempt('TLS_KEY_FILE', 'a private key in PEM, without a passphrase', () =>
    createPrivateKey(key),
  );
  if (!own.checkPrivateKey(ownKey))
    throw new TlsMistake('TLS_KEY_FILE', 'the private key of the certificate in TLS_CERT_FILE');
  if (ca !== null) certificateIn('TLS_CA_FILE', ca, now);
  attempt('TLS_CERT_FILE', 'certificates in PEM', () => createSecureContext({ cert, key }));
  return { cert, key, ca };
}

function certificateIn(name: FileName, pem: string, now: number): X509Certificate {
  const certificate = attempt(name, 'certificates in PEM', () => new X509Certificate(pem));
  const { validFrom, validTo } = certificate;
  if (Date.parse(validTo) <= now)
    throw new TlsMistake(name, `a certificate that has not ended (on ${validTo})`);
  if (Date.parse(validFrom) > now)
    throw new TlsMistake(name, `a certificate that has begun (on ${validFrom})`);
  return certificate;
}

function attempt<T>(name: FileName, takes: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new TlsMistake(name, `${takes} (${error instanceof Error ? error.message : String(error)})`);
  }
}
