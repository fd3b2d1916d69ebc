import { KEY_REFUSALS } from './idempotency-key.js';

/**
 * What a front-end answers when it cannot do what was asked: one table of statuses and words. The words of the original stay as they
 * were. All of these are definite (nothing was changed, the request may be sent again) but those to which `outcome: "unknown"` is added.
 */
export const SHOP_ERRORS = {
  ...KEY_REFUSALS,
  'name malformed': [
    400,
    'The header X-Admin-Name must be percent-encoded UTF-8 of 1 to 60 characters, without control characters',
  ],
  'not administrator': [401, 'The administration token is missing or wrong'],
  'no such book': [404, 'Book with the specified ID does not exist'],
  'no such hold': [404, 'Hold with the specified ID does not exist'],
  'no such order': [404, 'Order with the specified ID does not exist'],
  'administration off': [404, 'Administration is off: the server was started without ADMIN_TOKEN'],
  'out of stock': [409, 'Book with the specified ID is out of stock'],
  'price changed': [409, 'The price of the book has changed'],
  'not all to be had': [409, 'Not all of it is to be had: nothing was taken'],
  'hold expired': [409, 'The hold has expired: its copies are on sale again'],
  'hold released': [409, 'The hold was released: its copies are on sale again'],
  'sold already': [409, 'The hold is confirmed: its copies are sold'],
  'order ran out': [409, 'The order could not be brought to its end in time: nothing was bought'],
  'more than was sold': [409, 'More copies than are left of the order'],
  'book exists': [409, 'A book with this isbn, or this title and author, is there already'],
  'book changed': [409, 'The book is not at the sequenceNumber given any more'],
  'import too large': [413, 'The file is too large'],
  'not a book id': [422, 'Book ID must be a number'],
  'two ways to order': [422, 'An order has either items, or bookId and quantity with the price seen'],
  'two prices': [422, 'Lines of one book name different prices'],
  'too many copies': [422, 'Lines of one book add up to more copies than can be asked for'],
  'which book': [422, 'bookId is required: the order has several books'],
  'nothing to change': [
    422,
    'At least one of title, author, isbn, topic, price, quantity and hidden is required',
  ],
  'search text too long': [422, 'The text to search for is longer than 200 characters'],
  'cursor unknown': [422, 'cursor is not one of this server'],
  'since unknown': [422, 'since is not a cursor of this bookstore'],
  'import unreadable': [422, 'The file cannot be read'],
  'import wish': [422, 'The file cannot be read so'],
  'search unreachable': [504, 'Could not connect to a server to search'],
  'buy unreachable': [504, 'Could not connect to a server to lookup'],
  'catalog unreachable': [504, 'Could not connect to a catalog server'],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

export type ShopErrorCode = keyof typeof SHOP_ERRORS;
