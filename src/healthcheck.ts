import { get as getPlain } from 'node:http';
import { DEFAULT_HOST, DEFAULT_PORT } from './config/listening.js';

/** Longer than a readiness check may take; container engines give up a little later. */
const TIMEOUT_MS = 5_000;

/**
 * Whether the role that runs in this container is ready, for container engines: an image needs no shell and no other
 * program for it. Loads no settings beyond where to ask, for it runs every few seconds in every container. Answers the exit code.
 */
export async function healthcheck(
  env: Readonly<Record<string, string | undefined>>,
  print: (line: string) => void,
): Promise<number> {
  const given = (name: string): string | undefined => env[name]?.trim() || undefined;
  const host = given('HOST') ?? DEFAULT_HOST;
  try {
    const secure = given('TLS_CERT_FILE') !== undefined;
    const to = isWildcard(host) ? '127.0.0.1' : host;
    const { status, body } = await ask(to, given('PORT') ?? DEFAULT_PORT, secure);
    print(`${status} ${body}`);
    return status === 200 ? 0 : 1;
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

async function ask(
  host: string,
  port: string | number,
  secure: boolean,
): Promise<{ status: number; body: string }> {
  // Its own process, whose certificate is for the name by which others call it.
  const get = secure ? (await import('node:https')).get : getPlain;
  const tls = secure ? { rejectUnauthorized: false } : {};
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path: '/health/ready', signal, ...tls }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    request.on('error', reject);
  });
}
