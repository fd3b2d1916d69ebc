import { randomUUID } from 'node:crypto';

const TIME_LENGTH = 9;

/**
 * A key for an operation whose client gave none. It begins with the time, in letters and digits of one length, so that the catalogs'
 * index of operations grows at its end: keys that share nothing would each touch a page of their own.
 */
export function ownKey(): string {
  return `${Date.now().toString(36).padStart(TIME_LENGTH, '0')}-${randomUUID()}`;
}
