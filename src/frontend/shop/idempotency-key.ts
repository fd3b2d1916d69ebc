import { ShopError } from './shop.error.js';
import { ownKey } from '../../http/own-key.js';

/** The operation id of a buy: the client's key, or one of our own for a client that will not ask again. */
export function buyOperationId(key: string | undefined): string {
  return `buy:${key === undefined ? ownKey() : checked(key)}`;
}

/** 400 without a key. */
export function requiredBuyOperationId(key: string | undefined): string {
  if (key === undefined) throw new ShopError('key missing');
  return buyOperationId(key);
}

/** Operation ids of one kind never meet those of another. */
export function administrationOperationId(
  kind: 'create' | 'edit' | 'restock',
  key: string | undefined,
): string {
  return `${kind}:${key === undefined ? ownKey() : checked(key)}`;
}

function checked(key: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw new ShopError('key malformed');
  return key;
}
