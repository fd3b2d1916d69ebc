import { Machines } from '../../support/machines.js';
import { callInternal, type PlacedRole } from '../../support/layout.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { AT_ONCE, failuresAmong } from '../../support/requests.js';
import { until } from '../../support/until.js';

/** Of each kind, while a machine is a black hole. */
const REQUESTS = 24;
const ASKED = [
  ['GET', '/lookup/:id'],
  ['PUT', '/buy/:id'],
] as const;

const machines = Machines.create(2);
if (!(machines instanceof Machines)) console.warn(`black-hole.e2e.ts is skipped: ${machines.unavailable}`);

/** The last catalog and the last order server on machines of their own, all others on this one. */
class Placement {
  private readonly moved = new Map<string, string>();

  constructor(private readonly machines: Machines) {}

  /** For `Layout.adjust`. The first catalog names all of them, in their order; an order server comes before those who ask it. */
  readonly adjust = (placed: PlacedRole): PlacedRole => {
    const { env, name } = placed;
    const catalogs = (env['CATALOG_ADDRESSES'] ?? '').split('|');
    if (name === 'catalog 1') catalogs.forEach((each, index) => this.move(each, index === 2 ? 0 : null));
    if (env['ROLE'] !== 'catalog') this.move(placed.address, name === 'order 2' ? 1 : null);
    const machine = name === 'catalog 3' ? 0 : name === 'order 2' ? 1 : null;
    const address = this.newAddress(placed.address);
    const settings = {
      HOST: '0.0.0.0',
      ADVERTISED_ADDRESS: address,
      CATALOG_ADDRESSES: catalogs.map((each) => this.newAddress(each)).join('|'),
      ORDER_ADDRESSES: (env['ORDER_ADDRESSES'] ?? '')
        .split('|')
        .map((each) => this.newAddress(each))
        .join('|'),
    };
    const launcher = machine === null ? [] : this.machines.launcherOf(machine);
    return { ...placed, address, launcher, env: { ...env, ...settings } };
  };

  private move(address: string, machine: number | null): void {
    const host = machine === null ? this.machines.here : this.machines.hostOf(machine);
    this.moved.set(address, `http://${host}:${new URL(address).port}`);
  }

  private newAddress(address: string): string {
    return this.moved.get(address) ?? address;
  }
}

(machines instanceof Machines ? describe : describe.skip)('a bookstore of which one machine vanishes', () => {
  const own = machines as Machines;
  let bookstore: BookstoreOfProcesses;
  let shop: string;

  beforeAll(async () => {
    buildDist();
    bookstore = await BookstoreOfProcesses.start({
      catalogs: 3,
      orders: 2,
      frontEnds: 1,
      settings: { LOOKUP_CACHE_SIZE: '0', SEARCH_CACHE_SIZE: '0' },
      adjust: new Placement(own).adjust,
    });
    shop = bookstore.frontEnds[0]?.address ?? '';
  }, 300_000);
  afterAll(async () => {
    await bookstore?.end();
    own.remove();
  }, 120_000);

  it.each<[string, number, (bookstore: BookstoreOfProcesses) => RoleInOwnProcess | undefined]>([
    ['a catalog', 0, ({ catalogs }) => catalogs[2]],
    ['an order server', 1, ({ orders }) => orders[1]],
  ])('serves everybody while that of %s is cut off, and uses it again', async (_, machine, roleIn) => {
    const address = roleIn(bookstore)?.address ?? '';
    const state = async (): Promise<string | undefined> => {
      const metrics = await (await callInternal(shop, '/metrics')).text();
      const line = metrics
        .split('\n')
        .find((each) => /^bazar_upstream_endpoint\{/.test(each) && each.includes(address));
      return /state="([^"]+)"/.exec(line ?? '')?.[1];
    };
    // A request may have found it slow before: another one that it served is what brings it back.
    const isUsed = async (): Promise<boolean> => {
      expect(await failuresAmong(shop, AT_ONCE, ASKED)).toEqual([]);
      return (await state()) === 'healthy';
    };
    await until('it is used', isUsed);
    own.cutOff(machine);
    expect(await failuresAmong(shop, REQUESTS, ASKED)).toEqual([]);
    await until('it is left', async () => (await state()) === 'ejected');
    expect(await failuresAmong(shop, REQUESTS, ASKED)).toEqual([]);
    own.mend(machine);
    await until('it is used again', isUsed);
  });
});
