import { type Answer, ask, fieldOf, messageOf, nextOf } from '../api/http.js';
import {
  type Book,
  type BookChange,
  type BookEdit,
  type Hold,
  type ImportPreview,
  type ImportReport,
  type Listed,
  type NewBook,
  type Order,
  type StockedBook,
} from '../api/types.js';
import { storedName } from './admin-name.js';

export type Administered<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** The token is wrong, or no longer right. */
  | { readonly kind: 'not allowed' }
  | { readonly kind: 'off' }
  /** Definite: nothing changed. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It may have happened; the same key may be sent again. */
  | { readonly kind: 'unknown'; readonly message: string };

/** What is said about a file beside what it says itself; empty: nothing. */
export interface ImportWishes {
  /** Which column a field is. */
  readonly map: Readonly<Record<string, string>>;
  /** What a field is in all rows. */
  readonly set: Readonly<Record<string, string>>;
  readonly separator: string;
  readonly encoding: string;
  readonly update: boolean;
}

/** Left out: all books of the order, all copies of them that are left. */
export interface CancelWish {
  readonly bookId?: number;
  readonly copies?: number;
}

/** Which orders or holds to list; empty: all. */
export interface Filter {
  readonly bookId?: string;
  readonly reference?: string;
}

const PAGE_SIZE = 25;

/** Address of the first page. */
export function listAddress(what: 'orders' | 'holds', filter: Filter): string {
  return `/${what}?${new URLSearchParams({ ...filter, limit: String(PAGE_SIZE) })}`;
}

/** Of a book's history: its first page. */
export function historyAddress(bookId: number): string {
  return `/books/${bookId}/history?limit=${PAGE_SIZE}`;
}

/** Of hidden books that hold the words: the first page. */
export function hiddenAddress(text: string): string {
  return `/books/hidden?${new URLSearchParams({ q: text, limit: String(PAGE_SIZE) })}`;
}

/** Bytes of the beginning of a file that are looked at. */
const PREVIEWED_BYTES = 1024 * 1024;

/** What somebody with the token may do. */
export class Administration {
  constructor(readonly token: string) {}

  /** Whether the token opens anything. */
  async check(): Promise<Administered<unknown>> {
    return judge(await ask('/orders?limit=1', { headers: this.headers() }));
  }

  lowStock(address = '/books/low-stock?limit=25'): Promise<Administered<Listed<StockedBook>>> {
    return this.list(address);
  }

  /** The newest first. `address`: of `ordersAddress`, or the `next` of the page before. */
  orders(address: string): Promise<Administered<Listed<Order>>> {
    return this.list(address);
  }

  /** What is held now. */
  holds(address: string): Promise<Administered<Listed<Hold>>> {
    return this.list(address);
  }

  /** A hidden one too. */
  async book(id: number): Promise<Administered<Book>> {
    return judge(await ask(`/books/${id}`, { headers: this.headers() }));
  }

  /** Books that are hidden. `address`: of `hiddenAddress`, or the `next` of the page before. */
  hidden(address: string): Promise<Administered<Listed<Book>>> {
    return this.list(address);
  }

  /** The newest first. */
  history(address: string): Promise<Administered<Listed<BookChange>>> {
    return this.list(address);
  }

  /** Its copies are on sale again. Safe to ask again. */
  async release(holdId: string): Promise<Administered<Hold>> {
    return judge(await ask(`/holds/${encodeURIComponent(holdId)}`, { method: 'DELETE' }));
  }

  async order(orderId: string): Promise<Administered<Order>> {
    return judge(await ask(`/orders/${encodeURIComponent(orderId)}`, { headers: this.headers() }));
  }

  async cancel(orderId: string, wish: CancelWish, key: string): Promise<Administered<Order>> {
    const path = `/orders/${encodeURIComponent(orderId)}/cancel`;
    return judge(await ask(path, { method: 'POST', headers: this.headers(key), json: wish }));
  }

  async create(book: NewBook, key: string): Promise<Administered<Book>> {
    return judge(await ask('/books', { method: 'POST', headers: this.headers(key), json: book }));
  }

  async edit(id: number, changes: BookEdit, key: string): Promise<Administered<Book>> {
    return judge(await ask(`/books/${id}`, { method: 'PATCH', headers: this.headers(key), json: changes }));
  }

  async restock(id: number, copies: number, key: string): Promise<Administered<Book>> {
    return judge(
      await ask(`/books/${id}/restock`, { method: 'POST', headers: this.headers(key), json: { copies } }),
    );
  }

  /** Nothing is written. `refused`: something has to be said before the file can be read. */
  async previewImport(file: File, wishes: ImportWishes): Promise<Administered<ImportPreview>> {
    const body = await wholeLinesOf(file);
    return judge(
      await ask(`/books/import?${queryOf(wishes)}&preview=true`, {
        method: 'POST',
        headers: { ...this.headers(), 'content-type': typeOf(file) },
        body,
      }),
    );
  }

  /** `progress` is told the sent part, 0 to 1. XMLHttpRequest, for fetch does not say how far an upload is. */
  import(
    file: File,
    wishes: ImportWishes,
    progress: (part: number) => void,
  ): Promise<Administered<ImportReport>> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const lost = (): void =>
        resolve({
          kind: 'unknown',
          message:
            'The connection was lost. The same file may be sent again: books that are there already stay as they are.',
        });
      request.open('POST', `/books/import?${queryOf(wishes)}`);
      for (const [name, value] of Object.entries(this.headers())) request.setRequestHeader(name, value);
      request.setRequestHeader('content-type', typeOf(file));
      request.upload.onprogress = ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total);
      request.onerror = lost;
      request.onabort = lost;
      request.onload = () => {
        const body: unknown = parse(request.responseText);
        resolve(judge({ kind: 'answered', status: request.status, headers: new Headers(), body }));
      };
      request.send(file);
    });
  }

  private async list<T>(address: string): Promise<Administered<Listed<T>>> {
    const answer = await ask(address, { headers: this.headers() });
    const judged = judge<T[]>(answer);
    if (judged.kind !== 'done' || answer.kind !== 'answered')
      return judged as Exclude<typeof judged, { kind: 'done' }>;
    return { kind: 'done', value: { rows: judged.value, next: nextOf(answer.headers) } };
  }

  private headers(key?: string): Record<string, string> {
    const name = storedName();
    return {
      authorization: `Bearer ${this.token}`,
      // Headers are ASCII.
      ...(name !== '' && { 'x-admin-name': encodeURIComponent(name) }),
      ...(key !== undefined && { 'idempotency-key': key }),
    };
  }
}

function typeOf(file: File): string {
  return /\.(jsonl|ndjson)$/i.test(file.name) ? 'application/x-ndjson' : 'text/csv';
}

function queryOf({ map, set, separator, encoding, update }: ImportWishes): string {
  const query = new URLSearchParams({ update: String(update) });
  for (const [field, column] of Object.entries(map)) query.append('map', `${field}=${column}`);
  for (const [field, value] of Object.entries(set)) {
    if (value.trim() !== '') query.append('set', `${field}=${value}`);
  }
  if (separator !== '') query.set('separator', separator);
  if (encoding !== '') query.set('encoding', encoding);
  return query.toString();
}

/** The file, or the whole lines that it begins with: a line cut in two would look like another encoding. */
async function wholeLinesOf(file: File): Promise<Blob> {
  if (file.size <= PREVIEWED_BYTES) return file;
  const bytes = new Uint8Array(await file.slice(0, PREVIEWED_BYTES).arrayBuffer());
  const end = bytes.lastIndexOf(0x0a, bytes.length - 2);
  if (end === -1) return file.slice(0, PREVIEWED_BYTES);
  // UTF-16, the lower byte first: the line ends with the next.
  return file.slice(0, end + (bytes[end + 1] === 0 ? 2 : 1));
}

function judge<T>(answer: Answer): Administered<T> {
  const lost = {
    kind: 'unknown',
    message: 'The shop did not answer. It is safe to send this again.',
  } as const;
  if (answer.kind !== 'answered') return lost;
  const { status, body } = answer;
  const message = messageOf(body, 'The shop refused this.');
  if (status === 200 || status === 201) return { kind: 'done', value: body as T };
  if (status === 401) return { kind: 'not allowed' };
  if (status === 404 && /ADMIN_TOKEN/.test(message)) return { kind: 'off' };
  if (status >= 500) return { ...lost, message: `${message}. It is safe to send this again.` };
  return { kind: 'refused', message: `${message}${nameOf(fieldOf(body, 'book'), message)}` };
}

/** Of the other book, where a refusal is about one. */
function nameOf(book: unknown, message: string): string {
  const title = fieldOf(book, 'title');
  return typeof title === 'string' && message.includes('is there already') ? `: ${title}` : '';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
