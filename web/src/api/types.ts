import { type components } from './schema.js';

type Schemas = components['schemas'];

/** Shapes of the public API, as the front-end's `/api-json` gives them. */
export type Book = Readonly<Schemas['BookAnswer']>;
export type BookSummary = Readonly<Schemas['BookSummary']>;
export type TopicCount = Readonly<Schemas['TopicCount']>;
/** Of one book. */
export type Order = Readonly<Schemas['OrderAnswer']> &
  Readonly<Required<Pick<Schemas['OrderAnswer'], 'bookId' | 'title' | 'quantity' | 'price'>>>;
export type NewBook = Readonly<Schemas['NewBook']>;
export type StockedBook = Readonly<Schemas['LowStockBook']>;
export type ImportPreview = Readonly<Schemas['ImportPreview']>;
export type ImportReport = Readonly<Schemas['ImportReport']>;

/** One page of a longer list. */
export interface Listed<T> {
  readonly rows: readonly T[];
  /** Address of the next page; null on the last. */
  readonly next: string | null;
}
