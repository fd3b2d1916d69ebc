import { type Fault, FaultProxy } from '../support/fault-proxy.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { type PlacedRole } from '../support/layout.js';
import { AT_ONCE, failuresAmong } from '../support/requests.js';
import { until } from '../support/until.js';

const CATALOGS = 3;
const ORDERS = 2;
/** Of each kind, under each fault. */
const REQUESTS = 24;
const ASKED = [
  ['GET', '/lookup/:id'],
  ['GET', '/search/systems'],
  ['PUT', '/buy/:id'],
] as const;

/** Proxies before every catalog and order server, for the front-end and the order servers; catalogs reach each other directly. */
class Ways {
  private constructor(private readonly proxies: readonly FaultProxy[]) {}

  static async open(): Promise<Ways> {
    return new Ways(await Promise.all(Array.from({ length: CATALOGS + ORDERS }, () => FaultProxy.open())));
  }

  private readonly proxyOf = new Map<string, FaultProxy>();

  /** For `Layout.adjust`: catalogs come first, then order servers, then those who ask both. */
  readonly adjust = (placed: PlacedRole): PlacedRole => {
    const through = (list: string | undefined): string =>
      (list ?? '')
        .split('|')
        .map((address) => this.proxyOf.get(address)?.address ?? address)
        .join('|');
    const role = placed.env['ROLE'];
    const proxy = role === 'frontend' ? undefined : this.proxies[this.proxyOf.size];
    if (proxy !== undefined)
      this.proxyOf.set(placed.address, proxy.leadTo(Number(new URL(placed.address).port)));
    if (role === 'catalog') return placed;
    const { CATALOG_ADDRESSES, ORDER_ADDRESSES, ...env } = placed.env;
    const settings = {
      CATALOG_ADDRESSES: through(CATALOG_ADDRESSES),
      ORDER_ADDRESSES: through(ORDER_ADDRESSES),
    };
    return { ...placed, env: { ...env, ...settings } };
  };

  to(role: { readonly address: string } | undefined): FaultProxy {
    const proxy = this.proxyOf.get(role?.address ?? '');
    if (proxy === undefined) throw new Error('no such way');
    return proxy;
  }

  close(): void {
    for (const proxy of this.proxies) proxy.close();
  }
}

describe('a bookstore whose ways break', () => {
  let ways: Ways;
  let bookstore: BookstoreInProcess;
  let shop: string;

  beforeAll(async () => {
    ways = await Ways.open();
    bookstore = await BookstoreInProcess.start({
      catalogs: CATALOGS,
      orders: ORDERS,
      frontEnds: 1,
      settings: { LOOKUP_CACHE_SIZE: '0', SEARCH_CACHE_SIZE: '0' },
      adjust: ways.adjust,
    });
    shop = bookstore.frontEnds[0]?.address ?? '';
  }, 120_000);
  afterAll(async () => {
    ways?.close();
    await bookstore?.stop();
  }, 120_000);

  /** How the front-end sees what is behind that proxy. */
  async function stateBehind({ address }: FaultProxy): Promise<string | undefined> {
    const metrics = await (await fetch(`${shop}/metrics`)).text();
    const line = metrics
      .split('\n')
      .find((each) => each.startsWith('bazar_upstream_endpoint{') && each.includes(address));
    return /state="([^"]+)"/.exec(line ?? '')?.[1];
  }

  const FAULTS: [string, Fault][] = [
    ['delays everything', { kind: 'delay', byMs: 3_000 }],
    ['is a black hole', { kind: 'drop' }],
    ['resets answers in their middle', { kind: 'reset mid-answer' }],
    ['is half open', { kind: 'half-open' }],
  ];
  it.each(
    FAULTS.flatMap(([what, fault]) => [
      ['a catalog', what, fault] as const,
      ['an order server', what, fault] as const,
    ]),
  )(
    'serves everybody while the way to %s %s, and uses it again once it is mended',
    async (role, _, fault) => {
      const proxy = ways.to(role === 'a catalog' ? bookstore.catalogs[0] : bookstore.orders[0]);
      // A request may have found it slow before: another one that it served is what brings it back.
      const isUsed = async (): Promise<boolean> => {
        expect(await failuresAmong(shop, AT_ONCE, ASKED)).toEqual([]);
        return (await stateBehind(proxy)) === 'healthy';
      };
      await until('it is used', isUsed);
      proxy.break(fault);
      expect(await failuresAmong(shop, REQUESTS, ASKED)).toEqual([]);
      await until('it is left', async () => (await stateBehind(proxy)) === 'ejected');
      expect(await failuresAmong(shop, AT_ONCE, ASKED)).toEqual([]);
      proxy.mend();
      await until('it is used again', async () => {
        expect(await failuresAmong(shop, AT_ONCE, ASKED)).toEqual([]);
        return (await stateBehind(proxy)) === 'healthy';
      });
    },
  );

  it('tells metrics of hedges and of what failed', async () => {
    const metrics = await (await fetch(`${shop}/metrics`)).text();
    const counts = new Map(
      [...metrics.matchAll(/^(bazar_upstream_\w+_total)\{.*\} (\d+)$/gm)].map(([, name, count]) => [
        name,
        Number(count),
      ]),
    );
    expect(counts.get('bazar_upstream_hedges_total')).toBeGreaterThan(0);
    expect(counts.get('bazar_upstream_failures_total')).toBeGreaterThan(0);
  });
});
