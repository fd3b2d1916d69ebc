import { bookNumberOf } from '../../../core/text/isbn.js';

const SHORTEST_NUMBER = 4;

/** How unique keys begin of which a text may be the number: an ISBN, the beginning of one, or that of a number of the shop's own. */
export function keyBeginnings(text: string): string[] {
  const number = bookNumberOf(text);
  const plain = text.replace(/[ -]/g, '');
  if (number === null || plain.length < SHORTEST_NUMBER || !/\d/.test(plain)) return [];
  const beginnings =
    number.kind === 'isbn' ? [`isbn:${number.isbn13}`, `number:${plain}`] : [`number:${number.text}`];
  if (/^\d+x?$/.test(plain)) beginnings.push(`isbn:${plain}`);
  if (/^\d{1,9}$/.test(plain)) beginnings.push(`isbn:978${plain}`);
  return [...new Set(beginnings)];
}
