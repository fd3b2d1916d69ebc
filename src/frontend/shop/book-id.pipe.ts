import { Injectable, type PipeTransform } from '@nestjs/common';
import { parseBookId } from '../../contract/book-id.js';
import { type BookId } from '../../core/replication/types.js';
import { ShopError } from './shop.error.js';

/** `01` is 1; digits that no book can have: 404; anything else: 422. */
@Injectable()
export class BookIdPipe implements PipeTransform<string, BookId> {
  transform(text: string): BookId {
    const parsed = parseBookId(text);
    switch (parsed) {
      case 'no such book':
        throw new ShopError('no such book');
      case 'not a number':
        throw new ShopError('not a book id');
      default:
        return parsed;
    }
  }
}
