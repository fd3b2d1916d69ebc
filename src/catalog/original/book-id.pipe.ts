import {
  Injectable,
  NotFoundException,
  type PipeTransform,
  UnprocessableEntityException,
} from '@nestjs/common';
import { parseBookId } from '../../contract/book-id.js';
import { type BookId } from '../../core/replication/types.js';

@Injectable()
export class BookIdPipe implements PipeTransform<string, BookId> {
  transform(text: string): BookId {
    const parsed = parseBookId(text);
    switch (parsed) {
      case 'no such book':
        throw new NotFoundException({ message: 'Not found' });
      case 'not a number':
        throw new UnprocessableEntityException({ message: 'Book ID must be a number' });
      default:
        return parsed;
    }
  }
}
