import { type Answer, ask, messageOf, nextOf } from '../api/http.js';
import { type Book, type ImportReport, type Listed, type NewBook, type StockedBook } from '../api/types.js';

export type Administered<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** The token is wrong, or no longer right. */
  | { readonly kind: 'not allowed' }
  | { readonly kind: 'off' }
  /** Definite: nothing changed. */
  | { readonly kind: 'refused'; readonly message: string }
  /** It may have happened; the same key may be sent again. */
  | { readonly kind: 'unknown'; readonly message: string };

/** What somebody with the token may do. */
export class Administration {
  constructor(readonly token: string) {}

  /** Whether the token opens anything. */
  async check(): Promise<Administered<unknown>> {
    return judge(await ask('/orders?limit=1', { headers: this.headers() }));
  }

  async lowStock(address = '/books/low-stock?limit=25'): Promise<Administered<Listed<StockedBook>>> {
    const answer = await ask(address, { headers: this.headers() });
    const judged = judge<StockedBook[]>(answer);
    if (judged.kind !== 'done' || answer.kind !== 'answered')
      return judged as Exclude<typeof judged, { kind: 'done' }>;
    return { kind: 'done', value: { rows: judged.value, next: nextOf(answer.headers) } };
  }

  async create(book: NewBook, key: string): Promise<Administered<Book>> {
    return judge(await ask('/books', { method: 'POST', headers: this.headers(key), json: book }));
  }

  async edit(id: number, changes: object, key: string): Promise<Administered<Book>> {
    return judge(await ask(`/books/${id}`, { method: 'PATCH', headers: this.headers(key), json: changes }));
  }

  async restock(id: number, copies: number, key: string): Promise<Administered<Book>> {
    return judge(
      await ask(`/books/${id}/restock`, { method: 'POST', headers: this.headers(key), json: { copies } }),
    );
  }

  /** `progress` is told the sent part, 0 to 1. XMLHttpRequest, for fetch does not say how far an upload is. */
  import(file: File, progress: (part: number) => void): Promise<Administered<ImportReport>> {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      const lost = (): void =>
        resolve({
          kind: 'unknown',
          message:
            'The connection was lost. The same file may be sent again: books that are there already stay as they are.',
        });
      request.open('POST', '/books/import');
      request.setRequestHeader('authorization', `Bearer ${this.token}`);
      request.setRequestHeader(
        'content-type',
        /\.(jsonl|ndjson)$/i.test(file.name) ? 'application/x-ndjson' : 'text/csv',
      );
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

  private headers(key?: string): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, ...(key !== undefined && { 'idempotency-key': key }) };
  }
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
  return { kind: 'refused', message };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
