import { codeOf } from '../../runtime/start-error.js';

/** From the connection to the head of the answer; what comes behind it is not waited for. */
const ATTEMPT_MS = 10_000;

export type Attempted =
  | { readonly kind: 'taken' }
  /** Tried again later. */
  | { readonly kind: 'failed'; readonly reason: string; readonly askedMs: number | null }
  /** 410: the receiver wants no more of it. */
  | { readonly kind: 'gone' };

/**
 * One attempt to deliver. Anything but 2xx and 410 is a failure; so is a redirect, for whoever follows one can be led to where only this
 * machine may go. Never rejects. Nothing of the answer's body is read.
 */
export async function attempt(
  url: string,
  headers: Record<string, string>,
  body: string,
  stopping: AbortSignal,
  timeoutMs = ATTEMPT_MS,
): Promise<Attempted> {
  const tooLong = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Bazar', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([tooLong, stopping]),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: 'taken' };
    if (response.status === 410) return { kind: 'gone' };
    const isRedirect = response.status >= 300 && response.status < 400;
    const reason = `it answered ${response.status}${isRedirect ? ', and redirects are not followed' : ''}`;
    return { kind: 'failed', reason, askedMs: askedFor(response.headers.get('retry-after')) };
  } catch (error) {
    const reason = tooLong.aborted ? `no answer within ${timeoutMs / 1_000} s` : codeOfConnection(error);
    return { kind: 'failed', reason, askedMs: null };
  }
}

function askedFor(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : null;
}

/** Of what a system says: its code, without the address, which may hold a secret. */
function codeOfConnection(error: unknown): string {
  const cause = (error as { cause?: unknown } | null)?.cause ?? error;
  return codeOf(cause) || 'no connection';
}
