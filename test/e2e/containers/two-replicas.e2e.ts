import { type BookAnswer } from '../../../src/contract/catalog.js';
import { ContainerBookstore } from './container-bookstore.js';
import { type RoleContainer } from './role-container.js';

describe('the original’s bookstore of two catalogs in containers', () => {
  const bookstore = new ContainerBookstore('compose.two-replicas.yaml', 'bazar-test-two', {
    catalogs: 2,
    frontEnds: 1,
  });
  beforeAll(() => bookstore.start(), 600_000);
  afterAll(() => bookstore.end(), 120_000);

  const at = (path: string, method = 'GET') => fetch(`${bookstore.addresses[0]}${path}`, { method });
  const quantity = async () => ((await (await at('/lookup/4')).json()) as BookAnswer).quantity;

  it('goes on selling with one of them, and with the other, and sells no copy twice', async () => {
    const before = await quantity();
    for (const catalog of bookstore.catalogs as [RoleContainer, RoleContainer]) {
      await catalog.kill();
      const bought = await at('/buy/4', 'PUT');
      expect([bought.status, await bought.json()]).toMatchObject([200, { success: true }]);
      await catalog.heal();
    }
    await bookstore.untilEqual();
    expect(await quantity()).toBe(before - 2);
  }, 120_000);
});
