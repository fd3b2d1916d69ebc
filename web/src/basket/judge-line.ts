import { type BasketLine } from './basket.js';
import { type Stocked } from './use-stock.js';

export type Problem =
  /** There is no such book any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'sold out' }
  /** More is wanted than can be bought. */
  | { readonly kind: 'too many'; readonly left: number };

export interface JudgedLine {
  readonly line: BasketLine;
  /** Of one copy, now. */
  readonly price: number;
  /** The price before, if it is another now. */
  readonly formerPrice: number | null;
  /** Copies that the buyer may have; as many as wanted while that is not known. */
  readonly most: number;
  /** Null: it can be had. */
  readonly problem: Problem | null;
}

/** `held`: copies that are kept back for this buyer already, which others see as gone. */
export function judgeLine(line: BasketLine, book: Stocked, held: number): JudgedLine {
  if (book === undefined) {
    return { line, price: line.price, formerPrice: null, most: line.quantity, problem: null };
  }
  if (book === 'gone') {
    return { line, price: line.price, formerPrice: null, most: 0, problem: { kind: 'gone' } };
  }
  const most = book.quantity + held;
  return {
    line,
    price: book.price,
    formerPrice: book.price === line.price ? null : line.price,
    most,
    problem:
      most === 0 ? { kind: 'sold out' } : most < line.quantity ? { kind: 'too many', left: most } : null,
  };
}
