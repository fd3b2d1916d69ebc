import 'reflect-metadata';
import { parseConfig } from '../config/index.js';
import { planProcesses } from './plan.js';

const plans = planProcesses(
  {
    catalogs: 3,
    orders: 2,
    frontEnds: 2,
    basePort: 7000,
    dataFolder: '/data',
    engine: 'sqlite',
    databaseUrl: null,
    fresh: false,
  },
  {
    clusterSecret: '/data/cluster-secret',
    peerSecret: '/data/peer-secret',
    adminToken: '/data/admin-token',
  },
);
const machine = {
  hostname: () => 'here',
  readFile: (path: string) => `what stands in ${path} is long enough`.replaceAll(' ', '-'),
};
const configs = plans.map(({ settings }) => parseConfig(settings, machine));
const catalogs = ['http://127.0.0.1:7020', 'http://127.0.0.1:7021', 'http://127.0.0.1:7022'];

describe('planProcesses', () => {
  it('gives every process a name, a port and settings that its role takes', () => {
    expect(plans.map(({ name, port }) => `${name} ${port}`)).toEqual([
      'catalog 1 7020',
      'catalog 2 7021',
      'catalog 3 7022',
      'order 1 7010',
      'order 2 7011',
      'front-end 1 7000',
      'front-end 2 7001',
    ]);
    expect(configs.map(({ port }) => port)).toEqual(plans.map(({ port }) => port));
    expect(configs.flatMap(({ warnings }) => warnings)).toEqual([]);
  });

  it('tells catalogs alone what they show each other, and nobody the secrets of another bookstore', () => {
    for (const { role, settings } of plans) {
      expect(settings['PEER_SECRET_FILE']).toBe(role === 'catalog' ? '/data/peer-secret' : undefined);
      expect(settings).toMatchObject({ CLUSTER_SECRET: '', PEER_SECRET: '', ADMIN_TOKEN: '' });
    }
  });

  it('tells the roles of each other', () => {
    expect(configs).toMatchObject([
      { addresses: catalogs, position: 0, database: { path: '/data/catalog-1.sqlite' } },
      { addresses: catalogs, position: 1, database: { path: '/data/catalog-2.sqlite' } },
      { addresses: catalogs, position: 2, database: { path: '/data/catalog-3.sqlite' } },
      { catalogAddresses: catalogs },
      { catalogAddresses: catalogs },
      { catalogAddresses: catalogs, orderAddresses: ['http://127.0.0.1:7010', 'http://127.0.0.1:7011'] },
      { adminToken: 'what-stands-in-/data/admin-token-is-long-enough' },
    ]);
  });
});
