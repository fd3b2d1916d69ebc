import { HttpException } from '@nestjs/common';
import { NewBook } from '../../contract/public-book.js';
import { type RejectedRow } from '../../contract/public-import.js';
import { type Book } from '../../core/replication/types.js';
import { createValidationPipe } from '../../http/validation.js';
import { bookOf } from '../admin/administration.service.js';
import { type RawRow } from './records.js';

export interface CheckedRow {
  readonly line: number;
  readonly book: Book;
}

/** Rows are held to what `POST /books` takes. */
export class RowCheck {
  private readonly pipe = createValidationPipe();

  async check(raw: RawRow): Promise<CheckedRow | RejectedRow> {
    if (raw.kind === 'rejected') return { line: raw.line, reason: raw.reason };
    try {
      const book = (await this.pipe.transform(raw.fields, { type: 'body', metatype: NewBook })) as NewBook;
      return { line: raw.line, book: bookOf(book) };
    } catch (error) {
      if (error instanceof HttpException) return { line: raw.line, reason: error.message };
      throw error;
    }
  }
}
