import { type components } from './schema.js';

type Schemas = components['schemas'];

/** Shapes of the public API, as the front-end's `/api-json` gives them. */
export type Book = Readonly<Schemas['BookAnswer']>;
export type BookSummary = Readonly<Schemas['BookSummary']>;
export type TopicCount = Readonly<Schemas['TopicCount']>;
export type Order = Readonly<Schemas['OrderAnswer']>;
export type OrderedItem = Readonly<Schemas['OrderedItem']>;
export type LackingItem = Readonly<Schemas['LackingItem']>;

export type Hold = Readonly<Schemas['HoldAnswer']>;
export type BookChange = Readonly<Schemas['BookChangeAnswer']>;
export type FieldChange = Readonly<Schemas['FieldChange']>;
export type BookEdit = Readonly<Schemas['BookEdit']>;
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
