import { createHash, createHmac } from 'node:crypto';

/** A secret that begins so is the Base64 of its key, as those of https://www.standardwebhooks.com are. */
const ENCODED = 'whsec_';

/** Headers of one delivery (Standard Webhooks): the same id each time that it is tried, a signature for each secret. */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  timestampSeconds: number,
  body: string,
): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': secrets
      .map((secret) => `v1,${signature(secret, `${id}.${timestampSeconds}.${body}`)}`)
      .join(' '),
  };
}

/** Of what it tells: the same, made anew by another catalog, has the same. */
export function deliveryId(changes: readonly { readonly bookId: number; readonly number: number }[]): string {
  const names = changes.map(({ bookId, number }) => `${bookId}/${number}`).join(' ');
  return `msg_${createHash('sha256').update(names).digest('base64url').slice(0, 22)}`;
}

function signature(secret: string, content: string): string {
  const key = secret.startsWith(ENCODED) ? Buffer.from(secret.slice(ENCODED.length), 'base64') : secret;
  return createHmac('sha256', key).update(content).digest('base64');
}
