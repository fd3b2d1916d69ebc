import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type IncomingHttpHeaders } from 'node:http';
import { NAME_LENGTH } from '../../contract/book-limits.js';
import { isText, oneWayOfWriting } from '../../contract/public-fields.js';
import { ShopError } from '../shop/shop.error.js';

const ADMIN_NAME_HEADER = 'x-admin-name';

/** Of who administers, percent-encoded UTF-8, for headers are ASCII. Undefined: none was given. 400 for one that is malformed. */
export function givenName(headers: IncomingHttpHeaders): string | undefined {
  const given = headers[ADMIN_NAME_HEADER];
  if (given === undefined) return undefined;
  const name = typeof given === 'string' && /^[\x20-\x7e]+$/.test(given) ? decoded(given) : null;
  const tidy = name === null ? '' : oneWayOfWriting(name);
  if (!isText(tidy, NAME_LENGTH)) throw new ShopError('name malformed');
  return tidy;
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** The name, in the document of the paths that keep it. */
export const AdminName = (): MethodDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'X-Admin-Name',
      required: false,
      example: 'Ada%20Lovelace',
      description: `Who asks for this, for the book's history: up to ${NAME_LENGTH} characters, percent-encoded. Not looked into: the token is what counts`,
      schema: { type: 'string' },
    }),
  );
