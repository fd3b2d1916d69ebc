import { createHmac } from 'node:crypto';

/**
 * A secret that several processes share, as it is during a rotation too: what this one shows to others, and what it takes from them.
 * To rotate, first have all take the new one as well (`OLD,NEW`), then use it (`NEW,OLD`), then forget the old one (`NEW`).
 */
export interface Keys {
  readonly used: string;
  /** The used one is the first. */
  readonly accepted: readonly string[];
}

/** For a machine of one's own; whoever reads this file knows it, so nobody listens beyond loopback with it. */
export const DEVELOPMENT_SECRET = 'bazar-development-secret-known-to-everybody';

const LEAST_LENGTH = 32;
const LEAST_KINDS = 8;
const MOST_AT_ONCE = 2;
/** Stands for the key that is derived from CLUSTER_SECRET, in PEER_SECRET: to change from that to one of its own, and back. */
const DERIVED = 'derived';

/** What a variable of a shared secret takes, for people. */
export const SHARED_SECRET = `at least ${LEAST_LENGTH} visible ASCII characters of at least ${LEAST_KINDS} kinds, without blanks, or ${MOST_AT_ONCE} such secrets divided by a comma`;

/** Whether that is one secret that cannot be guessed, or two of them. */
export function isSharedSecret(text: string): boolean {
  const secrets = split(text);
  return secrets.length <= MOST_AT_ONCE && secrets.every(isStrong);
}

/** As `isSharedSecret`; one of them may be the word `derived`. */
export function isPeerSecret(text: string): boolean {
  const secrets = split(text);
  return secrets.length <= MOST_AT_ONCE && secrets.every((secret) => secret === DERIVED || isStrong(secret));
}

function isStrong(secret: string): boolean {
  return (
    /^[\x21-\x7e]+$/.test(secret) && secret.length >= LEAST_LENGTH && new Set(secret).size >= LEAST_KINDS
  );
}

function split(text: string): string[] {
  return text.split(',').map((secret) => secret.trim());
}

/** One, or two during a change; `text` has been found valid. */
export function secretsIn(text: string): readonly string[] {
  return split(text);
}

/** `text` has been found valid; undefined: the development secret. */
export function clusterKeys(text: string | undefined): Keys {
  return keysOf(text === undefined ? [DEVELOPMENT_SECRET] : split(text));
}

/** What catalogs show each other. Front-ends and order servers do not have it, unless nobody has set it: then it follows from theirs. */
export function peerKeys(text: string | undefined, cluster: Keys): Keys {
  const derived = cluster.accepted.map(derivedFrom);
  return keysOf(split(text ?? DERIVED).flatMap((secret) => (secret === DERIVED ? derived : [secret])));
}

function derivedFrom(secret: string): string {
  return createHmac('sha256', secret).update('bazar: what catalogs say to each other').digest('base64url');
}

function keysOf(accepted: readonly string[]): Keys {
  return { used: accepted[0] ?? '', accepted };
}

/** Whether the secret is one that everybody knows. */
export function isKnownToEverybody({ accepted }: Keys): boolean {
  return accepted.includes(DEVELOPMENT_SECRET);
}

export function sharesOne(a: Keys, b: Keys): boolean {
  return a.accepted.some((secret) => b.accepted.includes(secret));
}
