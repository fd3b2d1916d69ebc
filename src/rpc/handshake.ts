import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Audience } from '../contract/call.js';
import { listOf, oneOf, record, text, whole } from '../contract/shapes.js';

/** Versions of the line that this release speaks, the best first; those of the release before belong here as well. */
export const WIRE_VERSIONS: readonly number[] = [1];

/** The roles' calls go over one connection; what is large and may wait over another, so that it delays nobody's lease. */
export type Channel = 'calls' | 'bulk';

/** Who is at the other end of a connection. */
export interface LineEnd {
  readonly role: 'catalog' | 'order' | 'frontend';
  /** A new one for each process. */
  readonly id: string;
  /** Base address at which others reach it. */
  readonly address: string;
  /** Kinds of operations that it understands: one is proposed only when all who have to store it do. */
  readonly operations: readonly string[];
}

/** The first frame, from who opened the connection. */
export interface Hello extends LineEnd {
  readonly versions: readonly number[];
  readonly nonce: string;
  readonly audience: Audience;
  readonly channel: Channel;
}

/** The answer to it; `version` is the one that both speak from now on. */
export interface Challenge extends LineEnd {
  readonly version: number;
  readonly nonce: string;
}

const MOST_VERSIONS = 32;
const MOST_OPERATIONS = 64;
/** Two while a secret is changed. */
const MOST_KEYS = 4;
const NONCE = text(16, 64);

const END = {
  role: oneOf('catalog', 'order', 'frontend'),
  id: text(1, 64),
  address: text(1, 300),
  operations: listOf(text(1, 64), MOST_OPERATIONS),
};

export const readHello = record<Hello>({
  versions: listOf(whole(1, 1_000_000), MOST_VERSIONS),
  nonce: NONCE,
  audience: oneOf('roles', 'peers'),
  channel: oneOf('calls', 'bulk'),
  ...END,
});

export const readChallenge = record<Challenge>({ version: whole(1, 1_000_000), nonce: NONCE, ...END });

export const readProofs = listOf(text(16, 128), MOST_KEYS);

/** The highest version that both speak, or null. */
export function commonVersion(theirs: readonly number[], ours = WIRE_VERSIONS): number | null {
  const common = ours.filter((version) => theirs.includes(version));
  return common.length === 0 ? null : Math.max(...common);
}

/**
 * That one side knows a secret, without the secret: an HMAC over everything that both have said, nonces included, so that it fits
 * this connection alone. `hello` and `challenge` are the texts as they crossed the line. One proof for each key.
 */
export function proofs(
  keys: readonly string[],
  side: 'opener' | 'accepter',
  hello: string,
  challenge: string,
): string[] {
  return keys.map((key) =>
    createHmac('sha256', key).update(`bazar line\n${side}\n${hello}\n${challenge}`).digest('base64url'),
  );
}

/** Whether one of them is a proof under one of the keys. */
export function isProven(given: readonly string[], expected: readonly string[]): boolean {
  let found = false;
  for (const one of given) {
    for (const other of expected) {
      const [a, b] = [Buffer.from(one), Buffer.from(other)];
      if (a.length === b.length && timingSafeEqual(a, b)) found = true;
    }
  }
  return found;
}
