import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { BookstoreInProcess } from '../support/in-process.js';

const run = promisify(execFile);
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const IN_README = 'http://localhost:5000';
/** `$ curl …` and the line under it. */
const EXAMPLE = /^\$ (curl .+)\n(.+)$/gm;
/** Stands in the README for what differs each time. */
const ANY = '…';

interface Example {
  readonly command: string;
  readonly answer: string;
}

/** In the README's order: what is bought is gone from the next answer. */
const examples: Example[] = [...README.matchAll(EXAMPLE)].map(([, command = '', answer = '']) => ({
  command,
  answer,
}));

describe("the README's examples", () => {
  let store: BookstoreInProcess;
  beforeAll(async () => {
    store = await BookstoreInProcess.start({ catalogs: 3, orders: 2, frontEnds: 1 });
  });
  afterAll(() => store?.stop());

  test('are there', () => expect(examples.length).toBeGreaterThanOrEqual(3));

  test.each(examples)('$command', async ({ command, answer }) => {
    const own = command.replaceAll(IN_README, store.frontEnds[0]?.address ?? '');
    const { stdout } = await run('sh', ['-c', own.replace('curl', 'curl --silent --show-error')]);
    const expected: unknown = JSON.parse(answer, (_, value: unknown) =>
      value === ANY ? expect.any(String) : value,
    );
    expect(JSON.parse(stdout)).toEqual(expected);
  });
});
