import { type Answer, ask } from '../api/http.js';

/** How this page asks `/ops`: with the token, or without one under `npm start`. */
export class OpsAccess {
  constructor(readonly token: string) {}

  /** Null: no answer. */
  async mayWatch(): Promise<boolean | null> {
    const answer = await this.ask('/ops/access');
    if (answer.kind !== 'answered') return null;
    return answer.status === 204;
  }

  ask(path: string, json?: object, signal?: AbortSignal): Promise<Answer> {
    return ask(path, {
      method: json === undefined ? 'GET' : 'POST',
      headers: this.headers(),
      ...(json !== undefined && { json }),
      ...(signal !== undefined && { signal }),
    });
  }

  headers(): Record<string, string> {
    return this.token === '' ? {} : { authorization: `Bearer ${this.token}` };
  }
}
