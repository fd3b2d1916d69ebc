import { hash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** A check of `Authorization: Bearer <token>`, one of `tokens`, whose time tells nothing about them, not even their length. */
export function bearerCheck(tokens: readonly string[]): (authorization: string | undefined) => boolean {
  const expected = tokens.map(digest);
  return (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) return false;
    const found = digest(given);
    return expected.reduce((known, each) => timingSafeEqual(found, each) || known, false);
  };
}
