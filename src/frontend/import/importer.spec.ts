import 'reflect-metadata';
import { type OperationsRequest } from '../../contract/internal.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type CatalogClient } from '../upstream/catalog.client.js';
import { type Reached } from '../../core/balancing/fail-over.js';
import { Importer } from './importer.js';
import { CsvReader, JsonLinesReader } from './records.js';

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
function importText(text: string, submit: Submit, reader = new CsvReader() as CsvReader | JsonLinesReader) {
  async function* chunks() {
    yield await Promise.resolve(Buffer.from(text));
  }
  return new Importer({ submit } as unknown as CatalogClient).import(chunks(), reader);
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
    await expect(importText(HEADER + rows, submit)).resolves.toEqual({
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
        topic: text,
        author: `${i} ${text}`.slice(0, 500),
        price: 1,
        quantity: 1,
      }),
    ).join('\n');
    const submit: Submit = (operations) => {
      sizes.push(Buffer.byteLength(JSON.stringify({ operations })));
      return Promise.resolve(decided(operations));
    };
    await expect(importText(rows, submit, new JsonLinesReader())).resolves.toMatchObject({ created: 600 });
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

  it('names unknown fields of JSON lines', async () => {
    const line = '{"title":"A","topic":"T","price":1,"quantity":1,"shelf":3}\n{"__proto__":{"title":"x"}}';
    const report = await importText(line, (o) => Promise.resolve(decided(o)), new JsonLinesReader());
    expect(report.rejected[0]).toEqual({ line: 1, reason: 'shelf is not a known field' });
    expect(report).toMatchObject({ created: 0, rejectedCount: 2 });
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
