import { type Client } from './server.js';
import { FirstFailure, inTransaction, LastWrites } from './transaction.js';

const failing = (code: string) => Object.assign(new Error(code), { code });

/** Answers as a server does, all in one turn: what is behind a statement that failed is refused for that alone, and COMMIT rolls back. */
class PipelinedServer {
  private failed = false;
  private readonly answers: (() => void)[] = [];

  constructor(private readonly refusals: Readonly<Record<string, string>>) {}

  readonly query = ((text: string) =>
    new Promise((resolve, reject) => {
      this.answers.push(() => {
        const code = this.failed ? '25P02' : this.refusals[text];
        if (text === 'COMMIT') resolve({ command: this.failed ? 'ROLLBACK' : 'COMMIT' });
        else if (code === undefined) resolve({ rows: [] });
        else {
          this.failed = true;
          reject(failing(code));
        }
      });
      if (this.answers.length === 1) setImmediate(() => this.answers.splice(0).forEach((answer) => answer()));
    })) as unknown as Client['query'];
}

/** Behind as many promises as a statement of the writer is. */
const nested = async (client: Client, text: string, depth: number): Promise<unknown> =>
  depth === 0 ? client.query(text) : nested(client, text, depth - 1);

function run(refusals: Readonly<Record<string, string>>) {
  const failure = new FirstFailure(new PipelinedServer(refusals));
  return inTransaction(failure.client, failure, 'BEGIN', async () => {
    await Promise.all([nested(failure.client, 'lock', 3), nested(failure.client, 'look', 0)]);
    return new LastWrites('done', nested(failure.client, 'write', 2));
  });
}

describe('a transaction whose statements are sent together', () => {
  it.each([
    ['55P03', true],
    ['40001', true],
    ['42501', false],
  ])('ends by what failed first (%s), not by what is refused behind it', async (code, again) => {
    for (const statement of ['BEGIN', 'lock'])
      expect(await run({ [statement]: code })).toMatchObject({ kind: 'undone', again, error: { code } });
  });

  it('ends by a write that failed while it was committed', async () => {
    expect(await run({ write: '23514' })).toMatchObject({ kind: 'undone', error: { code: '23514' } });
    expect(await run({})).toEqual({ kind: 'committed', value: 'done' });
  });
});
