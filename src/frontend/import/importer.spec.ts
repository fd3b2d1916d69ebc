import 'reflect-metadata';
import { type OperationsRequest } from '../../contract/internal.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type CatalogClient } from '../upstream/catalog.client.js';
import { type Reached } from '../../core/balancing/fail-over.js';
import { Importer } from './importer.js';
import { type ImportOptions } from './import-options.js';

type Operations = OperationsRequest['operations'];
type Submit = (operations: Operations) => Promise<Reached<readonly SubmitResult[]>>;

const HEADER = 'title,topic,price,quantity\n';
const decided = (operations: Operations, exists = false): Reached<readonly SubmitResult[]> => ({
  kind: 'done',
  value: operations.map(({ operation }) => ({
    kind: 'decided',
    operation,
    outcome: { kind: exists ? 'exists' : 'created', bookId: 1 },
    entryNumber: 1,
    bookId: 1,
    sequenceNumber: 0,
    book: null,
  })),
});
const PLAIN: ImportOptions = {
  map: new Map(),
  set: new Map(),
  separator: null,
  encoding: null,
  update: false,
  preview: false,
};
function importText(
  text: string | Buffer,
  submit: Submit,
  format: 'csv' | 'json lines' = 'csv',
  options: Partial<ImportOptions> = {},
) {
  async function* chunks() {
    yield await Promise.resolve(typeof text === 'string' ? Buffer.from(text) : text);
  }
  return new Importer({ submit } as unknown as CatalogClient).import(chunks(), format, {
    ...PLAIN,
    ...options,
  });
}

describe('Importer', () => {
  it('creates books in batches under operation ids of their own, a few at a time', async () => {
    const batches: Operations[] = [];
    const open: (() => void)[] = [];
    let most = 0;
    const submit: Submit = async (operations) => {
      batches.push(operations);
      most = Math.max(most, batches.length - open.length);
      await Promise.resolve();
      open.push(() => undefined);
      return decided(operations);
    };
    const rows = Array.from({ length: 2000 }, (_, i) => `Book ${i},Topic,1.25,${i}`).join('\n');
    await expect(importText(HEADER + rows, submit)).resolves.toMatchObject({
      created: 2000,
      unchanged: 0,
      rejected: [],
      rejectedCount: 0,
    });
    expect(most).toBeLessThanOrEqual(2);
    const operations = batches.flat();
    expect(Math.max(...batches.map(({ length }) => length))).toBe(100);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(2000);
    expect(operations[7]).toMatchObject({
      bookId: 0,
      operation: {
        kind: 'create',
        book: { title: 'Book 7', topic: 'Topic', priceCents: 125, quantity: 7, isbn: null, author: null },
      },
    });
  });

  it('keeps each request below the limit of a catalog, whatever the texts', async () => {
    const sizes: number[] = [];
    const text = '€"\\'.repeat(166);
    const rows = Array.from({ length: 600 }, (_, i) =>
      JSON.stringify({
        title: text,
        topic: text.slice(0, 200),
        author: `${i} ${text}`.slice(0, 500),
        price: 1,
        quantity: 1,
      }),
    ).join('\n');
    const submit: Submit = (operations) => {
      sizes.push(Buffer.byteLength(JSON.stringify({ operations })));
      return Promise.resolve(decided(operations));
    };
    await expect(importText(rows, submit, 'json lines')).resolves.toMatchObject({ created: 600 });
    expect(Math.max(...sizes)).toBeLessThan(512 * 1024);
  });

  it('reports bad rows by line and reason, and takes the others', async () => {
    const rows = [
      'A,T,1,1',
      'B,T,1.001,1',
      'C,T,1,1.5',
      ' ,T,1,1',
      'D,T,-1,1',
      'E,T,1,x',
      'F,T,1',
      'G,T,0,0',
    ];
    const report = await importText(HEADER + rows.join('\n'), (operations) =>
      Promise.resolve(decided(operations)),
    );
    expect(report).toMatchObject({ created: 2, unchanged: 0, rejectedCount: 6 });
    expect(report.rejected.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(report.rejected.map(({ reason }) => reason.split(' ')[0])).toEqual([
      'price',
      'quantity',
      'title',
      'price',
      'quantity',
      '3',
    ]);
  });

  it('leaves unknown fields of JSON lines out, and tells which', async () => {
    const deep = `{"title":${'['.repeat(3000)}${']'.repeat(3000)},"topic":"T","price":1,"quantity":1}`;
    const lines = [
      '{"Name":"A","genre":"T","price":"$1.50","stock":1,"shelf":3}',
      '{"__proto__":{"title":"x"}}',
      '['.repeat(6000),
      deep,
    ];
    const report = await importText(lines.join('\n'), (o) => Promise.resolve(decided(o)), 'json lines');
    expect(report).toMatchObject({
      created: 1,
      rejectedCount: 3,
      understood: { columns: { title: ['Name', 'title'] }, leftOut: ['shelf', '__proto__'] },
    });
    expect(report.rejected[2]).toEqual({ line: 4, reason: 'title must not be a list or an object' });
  });

  it('tells what differs, and sets it when asked to', async () => {
    const there = { title: 'a', topic: 'T', priceCents: 150, quantity: 2, isbn: null, author: null };
    const sent: Operations[] = [];
    const submit: Submit = (operations) => {
      sent.push(operations);
      const reached = decided(operations, true);
      if (reached.kind !== 'done') return Promise.resolve(reached);
      return Promise.resolve({
        kind: 'done',
        value: reached.value.map((result) => ({ ...result, bookId: 7, book: there }) as SubmitResult),
      });
    };
    const file = `${HEADER}A,T,1.50,2\nA,Other,1.25,2\nA,T,1.25,9\n`;
    expect(await importText(file, submit)).toMatchObject({
      created: 0,
      unchanged: 1,
      updated: 0,
      differs: [
        { line: 3, bookId: 7, fields: ['price'] },
        { line: 4, bookId: 7, fields: ['price', 'quantity'] },
      ],
      differsCount: 2,
    });
    expect(sent).toHaveLength(1);
    expect(await importText(file, submit, 'csv', { update: true })).toMatchObject({
      unchanged: 1,
      updated: 2,
      differs: [],
    });
    expect(sent.at(-1)?.map(({ bookId, operation }) => [bookId, operation])).toMatchObject([
      [7, { kind: 'edit', changes: { priceCents: 125 } }],
      [7, { kind: 'edit', changes: { priceCents: 125, quantity: 9 } }],
    ]);
  });

  it('takes what stands before the first bytes of another encoding, and tells of it', async () => {
    const rows = Array.from({ length: 250 }, (_, i) => `Book ${i},Topic,1,1\n`).join('');
    const file = Buffer.concat([Buffer.from(HEADER + rows), Buffer.from('Caf\xe9,T,1,1\n', 'latin1')]);
    const submit: Submit = (operations) => Promise.resolve(decided(operations));
    await expect(importText(file, submit)).rejects.toMatchObject({
      message: expect.stringMatching(/not UTF-8 after line 251.*So far: 250 created/),
      added: { doubtful: ['encoding'], created: 250 },
    });
    expect(await importText(file, submit, 'csv', { encoding: 'windows-1252' })).toMatchObject({
      created: 251,
    });
  });

  it('counts books that are there already as unchanged', async () => {
    const report = await importText(`${HEADER}A,T,1,1\n`, (o) => Promise.resolve(decided(o, true)));
    expect(report).toMatchObject({ created: 0, unchanged: 1 });
  });

  it('shows the first of very many bad rows, and counts all', async () => {
    const report = await importText(HEADER + 'x,\n'.repeat(1500), (o) => Promise.resolve(decided(o)));
    expect(report.rejected).toHaveLength(1000);
    expect(report.rejectedCount).toBe(1500);
  });

  it('stops when no catalog can be reached, with the report so far', async () => {
    let calls = 0;
    const submit: Submit = (operations) => {
      calls++;
      return Promise.resolve(
        calls === 1
          ? decided(operations)
          : { kind: 'unreachable', mayHaveHappened: true, overloaded: false, said: null },
      );
    };
    const rows = Array.from({ length: 100 * 20 }, (_, i) => `Book ${i},Topic,1,1`).join('\n');
    await expect(importText(HEADER + rows, submit)).rejects.toMatchObject({
      status: 504,
      response: { outcome: 'unknown', created: 100 },
    });
    expect(calls).toBeLessThan(10);
  });
});
