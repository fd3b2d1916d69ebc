import { Agent, request } from 'undici';

type Method = 'GET' | 'PUT' | 'PATCH';

/** Asks one role over one connection that stays open, one request at a time. */
export class Requester {
  private readonly agent = new Agent({ connections: 1, pipelining: 1 });

  /** `bearer` is sent with each request. */
  constructor(
    private readonly address: string,
    private readonly bearer?: string,
  ) {}

  /** Whether the answer has one of the expected statuses; its body has been read. */
  async ask(method: Method, path: string, expected: readonly number[], body?: unknown): Promise<boolean> {
    const answer = await request(`${this.address}${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        ...(this.bearer !== undefined && { authorization: `Bearer ${this.bearer}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    await answer.body.dump();
    return expected.includes(answer.statusCode);
  }

  end(): Promise<void> {
    return this.agent.close();
  }
}
