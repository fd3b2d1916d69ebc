import { type BookAnswer } from '../../../src/contract/catalog.js';
import { type OrderAnswer } from '../../../src/contract/public-order.js';
import { History } from '../../simulation/history.js';
import { Clients } from '../../support/history-clients.js';
import { Ledgers } from '../../support/history-ledger.js';
import { ordersOf } from '../../support/history-orders.js';
import { walkThrough } from '../../support/original-walk.js';
import { until } from '../../support/until.js';
import { judge } from '../faults/judgement.js';
import { ContainerBookstore } from './container-bookstore.js';
import { docker } from './docker.js';
import { type RoleContainer } from './role-container.js';

/** Requests that are answered between one fault and the next. */
const SOME = 60;
/** Longer than a front-end tries: no client gives up what may still be served. */
const PATIENT_MS = 20_000;

describe('a bookstore in containers', () => {
  const bookstore = new ContainerBookstore('compose.yaml', 'bazar-test', { catalogs: 3, frontEnds: 2 });
  const { catalogs, orders, frontEnds } = bookstore;
  const first = (roles: readonly RoleContainer[]): RoleContainer => roles[0] as RoleContainer;
  const second = (roles: readonly RoleContainer[]): RoleContainer => roles[1] as RoleContainer;
  beforeAll(() => bookstore.start(), 600_000);
  afterAll(() => bookstore.end(), 120_000);

  describe('that is new', () => {
    walkThrough((frontEnd) => bookstore.addresses[frontEnd] ?? '');
  });

  it('keeps catalogs and order servers from the world', async () => {
    const reach = (address: string) => `
      require('node:net').connect(80, '${address}').setTimeout(2000, () => process.exit(1))
        .on('connect', () => process.exit(0)).on('error', () => process.exit(1));`;
    for (const role of [first(catalogs), first(orders)]) {
      await expect(role.exec('node', '-e', reach('192.0.2.1'))).rejects.toThrow();
      expect(await role.inspect('{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}')).toBe(
        `${bookstore.project}_inner`,
      );
      expect(await role.inspect('{{json .NetworkSettings.Ports}}')).not.toContain('HostPort');
    }
    expect(
      await docker('network', 'inspect', '--format', '{{.Internal}}', `${bookstore.project}_inner`),
    ).toBe('true');
  });

  describe('under buyers and readers', () => {
    let history: History;
    let clients: Clients;
    let seed = 0;
    const begin = async (crowd: { attemptMs?: number } = {}): Promise<void> => {
      history = new History();
      seed += 1;
      const frontEnds = bookstore.addresses;
      clients = new Clients(
        { frontEnds, buyers: 4, readers: 4, books: 3, seed, hasty: 0, ...crowd },
        history,
      );
      await clients.start();
      await clients.more(SOME);
    };
    afterEach(async () => {
      await clients.close();
      await bookstore.heal();
    }, 180_000);

    /** Nothing was lost, doubled, oversold or stale, and all replicas end equal. */
    async function expectAllWell(): Promise<void> {
      await clients.more(SOME);
      await clients.stop();
      const judged = {
        frontEnds: bookstore.addresses.map((address) => ({ address })),
        untilEqual: () => bookstore.untilEqual(),
        ledgers: () => Ledgers.of(catalogs),
      };
      expect(await judge(judged, clients, history)).toEqual([]);
    }
    /** Requests that no client got an answer to, however often it asked, and wherever. */
    const unanswered = () =>
      history.items.filter(({ answer }) => answer?.kind === 'refused' || answer?.kind === 'unknown');

    type Fault = readonly [string, RoleContainer, (role: RoleContainer) => Promise<void>];
    const faultsOf = (roles: readonly RoleContainer[]): Fault[] => [
      ['kill', first(roles), (role) => role.kill()],
      ['pause', second(roles), (role) => role.freeze()],
      ['disconnect', first(roles), (role) => role.disconnect('inner')],
    ];
    /** What failed from the client's side while something was done, and until all was well again. */
    async function failuresDuring(action: () => Promise<void>): Promise<string[]> {
      const before = clients.failures.length;
      await action();
      await clients.more(SOME);
      return clients.failures.slice(before);
    }
    async function failuresUnder(faults: readonly Fault[]): Promise<Record<string, string[]>> {
      const failures: Record<string, string[]> = {};
      for (const [name, role, inflict] of faults) {
        failures[name] = await failuresDuring(async () => {
          await inflict(role);
          await clients.more(SOME);
          await role.heal();
        });
      }
      return failures;
    }

    it.each([
      ['catalog', catalogs],
      ['order server', orders],
    ])(
      'no request fails when a %s is killed, paused or cut off',
      async (_name, roles) => {
        await begin({ attemptMs: PATIENT_MS });
        expect(await failuresUnder(faultsOf(roles))).toEqual({ kill: [], pause: [], disconnect: [] });
        await expectAllWell();
      },
      300_000,
    );

    it('no request fails that goes to the other front-end when one is killed, paused or cut off', async () => {
      await begin();
      const outside: Fault = ['disconnect from buyers', second(frontEnds), (role) => role.disconnect('edge')];
      await failuresUnder([...faultsOf(frontEnds), outside]);
      await expectAllWell();
      expect(unanswered()).toEqual([]);
    }, 300_000);

    it('no request fails while one container after the other is stopped and started', async () => {
      await begin({ attemptMs: PATIENT_MS });
      for (const role of bookstore.roles) {
        const failures = await failuresDuring(async () => {
          await role.stop();
          expect([role.service, await role.inspect('{{.State.ExitCode}}')]).toEqual([role.service, '0']);
          await role.heal();
          for (const address of bookstore.addresses) clients.returned(address);
        });
        expect([role.service, failures]).toEqual([role.service, []]);
      }
      await expectAllWell();
    }, 300_000);

    it('takes a new catalog with an empty volume in the place of a dead one', async () => {
      const dead = first(catalogs);
      const before = await dead.status();
      await begin({ attemptMs: PATIENT_MS });
      await bookstore.compose('rm', '--stop', '--force', dead.service);
      await docker('volume', 'rm', `${bookstore.project}_${dead.service}`);
      await clients.more(SOME);
      await bookstore.compose('up', '--detach', '--wait', '--no-deps', dead.service);
      const after = await dead.status();
      expect(after).toMatchObject({ joined: true, ready: true });
      expect(after?.replicaId).not.toBe(before?.replicaId);
      await expectAllWell();
      expect(clients.failures).toEqual([]);
    }, 300_000);
  });

  it('loses nothing when all containers are killed, and when all are removed and made anew', async () => {
    const [shop = ''] = bookstore.addresses;
    const book = async () => (await (await fetch(`${shop}/lookup/5`)).json()) as BookAnswer;
    const known = async (): Promise<[BookAnswer, OrderAnswer[]]> => [await book(), await ordersOf(shop, 5)];
    const buy = async () => {
      const bought = await fetch(`${shop}/buy/5`, { method: 'PUT' });
      expect([bought.status, await bought.json()]).toMatchObject([200, { success: true }]);
    };
    await buy();
    const beforeKill = await known();
    expect(beforeKill[1].length).toBeGreaterThan(0);
    await Promise.all(bookstore.roles.map((role) => role.kill()));
    await bookstore.heal();
    await until('the shop is open', async () => (await fetch(`${shop}/health/ready`)).ok);
    expect(await known()).toEqual(beforeKill);

    await buy();
    const beforeRemoval = await known();
    await bookstore.compose('down');
    await bookstore.compose('up', '--detach', '--wait');
    expect(await known()).toEqual(beforeRemoval);
  }, 300_000);
});
