import 'reflect-metadata';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { BookstoreInProcess } from '../support/in-process.js';
import { callInternal } from '../support/layout.js';
import { until } from '../support/until.js';

const FOLDER = fileURLToPath(new URL('../../deploy/monitoring/', import.meta.url));
const read = (name: string): string => readFileSync(`${FOLDER}${name}`, 'utf8');

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}
const dashboard = JSON.parse(read('dashboard.json')) as Dashboard;
const { groups } = parse(read('alerts.yaml')) as {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
};
const rules = groups.flatMap((group) => group.rules);

/** Names of metrics in an expression of Prometheus: what stands in braces are labels, and a word before a bracket is a function. */
function namesIn(expression: string): string[] {
  const bare = expression.replace(/\{[^}]*\}|"[^"]*"/g, '');
  return [...bare.matchAll(/\b(?:bazar|nodejs|process)_\w+/g)].map(([name]) => name);
}

describe('what is watched', () => {
  let bookstore: BookstoreInProcess;
  const texts: string[] = [];
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 2, orders: 1, frontEnds: 1 });
    const [shop] = bookstore.frontEnds;
    for (const [method, path] of [
      ['GET', '/lookup/2'],
      ['GET', '/search/distributed%20systems'],
      ['PUT', '/buy/2'],
    ] as const)
      expect((await fetch(`${shop?.address}${path}`, { method })).status).toBe(200);
    for (const { address } of bookstore.roles)
      texts.push(await (await callInternal(address, '/metrics')).text());
  }, 120_000);
  afterAll(() => bookstore?.stop(), 60_000);

  const exported = (): Set<string> =>
    new Set(
      texts.flatMap((text) => [...text.matchAll(/^(?:# TYPE )?([a-z_]\w*)/gm)].map(([, name]) => name ?? '')),
    );

  it.each(
    dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
  )('is exported: panel "%s" of the dashboard, %s', (_, expression) => {
    expect(namesIn(expression)).not.toEqual([]);
    expect(namesIn(expression).filter((name) => !exported().has(name))).toEqual([]);
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr] as const))(
    'is exported: alert %s',
    (alert, expression) => {
      if (alert !== 'BazarProcessDown') expect(namesIn(expression)).not.toEqual([]);
      expect(namesIn(expression).filter((name) => !exported().has(name))).toEqual([]);
    },
  );

  it('tells of holds as the ledgers have them', async () => {
    const [shop] = bookstore.frontEnds;
    const held = await fetch(`${shop?.address}/holds`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ items: [{ bookId: 3, quantity: 2 }], ttlSeconds: 600 }),
    });
    expect(held.status).toBe(201);
    const figures = async (address: string): Promise<(string | undefined)[]> => {
      const text = await (await callInternal(address, '/metrics')).text();
      const value = (name: string): string | undefined =>
        new RegExp(`^${name}.* (\\S+)$`, 'm').exec(text)?.[1];
      return [
        value('bazar_replica_open_holds'),
        value('bazar_replica_overdue_holds'),
        value('bazar_replica_decisions_total{outcome="held"'),
      ];
    };
    for (const { address } of bookstore.catalogs)
      await until('it knows of the hold', async () => (await figures(address)).join() === '1,0,1');
  });

  it('is all on the dashboard', () => {
    const shown = new Set(
      dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namesIn(expr))),
    );
    const base = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
    const bases = new Set([...shown, ...rules.flatMap(({ expr }) => namesIn(expr))].map(base));
    const own = [...exported()].filter((name) => name.startsWith('bazar_')).map(base);
    expect([...new Set(own)].filter((name) => !bases.has(name)).sort()).toEqual(LEFT_OUT);
  });

  it('has panels that do not lie on each other', () => {
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect({ title, free: !taken.has(`${x} ${y}`) && x < 24 }).toEqual({ title, free: true });
          taken.add(`${x} ${y}`);
        }
      }
    }
  });

  const promtool = (args: string[], input = ''): { status: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: FOLDER, input, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
  const isThere = spawnSync('promtool', ['--version']).error === undefined;
  if (!isThere)
    process.stderr.write('promtool is not there: rules are not checked by it (apt-get install prometheus)\n');

  (isThere ? describe : describe.skip)('by promtool', () => {
    it.each([
      [['check', 'rules', 'alerts.yaml']],
      [['test', 'rules', 'alerts.test.yaml']],
      [['check', 'config', 'prometheus.yaml']],
    ])('%j', (args) => {
      const { status, output } = promtool(args);
      expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
    });

    it('check metrics: names follow the conventions', () => {
      for (const text of texts) {
        const { output } = promtool(['check', 'metrics'], text);
        // prom-client's own names are its own.
        expect(output.split('\n').filter((line) => line.startsWith('bazar_'))).toEqual([]);
      }
    });
  });
});

/** Of no use in a picture. */
const LEFT_OUT = [
  'bazar_connections_crowded_out_total',
  'bazar_lines_accepted',
  'bazar_replica_healthy_peers',
  'bazar_store_scrubbed_records_total',
];
