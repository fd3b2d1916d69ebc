export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}
/** What nobody gave a type. */
export type Json = Record<string, unknown>;

/** Sends a body, if there is one, as JSON. */
export function send(
  method: string,
  url: string,
  body?: object,
  headers: Record<string, string> = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  });
}

/** The same, where the answer is JSON too. */
export async function ask<Body = Json>(...asked: Parameters<typeof send>): Promise<Answer<Body>> {
  const answer = await send(...asked);
  return { status: answer.status, body: (await answer.json()) as Body, headers: answer.headers };
}

/** As many as a test of fail-over keeps under way. */
export const AT_ONCE = 4;
const BOOKS = 7;

/**
 * Each of so many clients, some at a time, asks that front-end for each of `paths` in turn, with its book's number in place of `:id`.
 * Answers those requests that were not answered with 200.
 */
export async function failuresAmong(
  frontEnd: string,
  clients: number,
  paths: readonly (readonly [method: string, path: string])[],
): Promise<string[]> {
  const failures: string[] = [];
  const client = async (number: number): Promise<void> => {
    for (const [method, path] of paths) {
      const url = `${frontEnd}${path.replace(':id', String(1 + (number % BOOKS)))}`;
      const answer = await fetch(url, { method, signal: AbortSignal.timeout(30_000) });
      const body = await answer.text();
      if (answer.status !== 200) failures.push(`${method} ${url}: ${answer.status} ${body}`);
    }
  };
  for (let begun = 0; begun < clients; begun += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => client(begun + index)));
  }
  return failures;
}
