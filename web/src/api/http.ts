/** Longest wait for an answer: longer than the servers' own bounds. */
const TIMEOUT_MS = 15_000;

export type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly headers: Headers; readonly body: unknown }
  /** No answer came; whether the request arrived is not known. */
  | { readonly kind: 'unreachable' }
  /** The page itself gave up, for it needs the answer no more. */
  | { readonly kind: 'cancelled' };

export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** Instead of `json`; its type stands in the headers. */
  readonly body?: Blob;
  readonly signal?: AbortSignal;
}

/** Never throws. A body that is not JSON is answered as null. */
export async function ask(path: string, asked: Asked = {}): Promise<Answer> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = asked.signal ? AbortSignal.any([asked.signal, timeout]) : timeout;
  const headers = {
    ...asked.headers,
    ...(asked.json !== undefined && { 'content-type': 'application/json' }),
  };
  const body = asked.body ?? (asked.json === undefined ? null : JSON.stringify(asked.json));
  try {
    // Never the browser's own copy: the front-end knows which answers are fresh.
    const response = await fetch(path, {
      method: asked.method ?? 'GET',
      headers,
      body,
      signal,
      cache: 'no-store',
    });
    const text = await response.text();
    return { kind: 'answered', status: response.status, headers: response.headers, body: parse(text) };
  } catch {
    return asked.signal?.aborted ? { kind: 'cancelled' } : { kind: 'unreachable' };
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** The `message` of an error answer. */
export function messageOf(body: unknown, otherwise: string): string {
  const message = fieldOf(body, 'message');
  return typeof message === 'string' ? message : otherwise;
}

export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

/** The `rel="next"` address of a Link header. */
export function nextOf(headers: Headers): string | null {
  return /<([^>]+)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1] ?? null;
}
