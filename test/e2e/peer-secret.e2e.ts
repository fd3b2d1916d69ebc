import { peerNotice } from '../../src/catalog/peers/peer-notice.js';
import { clusterKeys, peerKeys } from '../../src/config/keys.js';
import { type PeerMessage } from '../../src/core/replication/messages.js';
import { highestRound } from '../../src/core/replication/round-limit.js';
import { RpcHandlers } from '../../src/rpc/handlers.js';
import { openLine, type Opened } from '../../src/rpc/opening.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { callInternal, CLUSTER_SECRET } from '../support/layout.js';

const PEERS = 'what-catalogs-alone-show-each-other';
const opened: Opened[] = [];

/** A line to a catalog, as one that holds these keys would open it. */
async function open(address: string, keys: readonly string[]): Promise<Opened> {
  const self = { role: 'catalog', id: 'forger', address: 'http://127.0.0.1:1', operations: [] } as const;
  const to = { address, audience: 'peers', channel: 'calls' } as const;
  const line = await openLine(to, { self, keys: () => keys }, new RpcHandlers(), 5_000);
  opened.push(line);
  return line;
}

afterEach(() => {
  for (const line of opened.splice(0)) if (line.kind === 'open') line.connection.destroy('the test is over');
});

describe('what catalogs say to each other', () => {
  const derived = peerKeys(undefined, clusterKeys(CLUSTER_SECRET)).used;

  describe.each([
    ['with a secret of their own', PEERS, [CLUSTER_SECRET, derived]],
    ['with a key that follows from that of the cluster', '', [CLUSTER_SECRET]],
  ])('%s', (_, PEER_SECRET, others) => {
    let bookstore: BookstoreInProcess;
    beforeAll(async () => {
      const settings = { PEER_SECRET };
      bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 1, frontEnds: 1, settings });
    }, 120_000);
    afterAll(() => bookstore.stop());

    it('is closed to what front-ends and order servers show', async () => {
      for (const { address } of bookstore.catalogs) {
        expect(await open(address, others)).toMatchObject({ kind: 'refused' });
        expect(await open(address, [])).toMatchObject({ kind: 'refused' });
      }
      expect(await open(bookstore.frontEnds[0]?.address ?? '', [CLUSTER_SECRET])).toMatchObject({
        kind: 'refused',
      });
    });

    it('keeps no book from being sold, though it is forged', async () => {
      // As catalogs count them.
      const catalogs = bookstore.catalogs.map(({ address }) => address).sort();
      const ids = await Promise.all(
        catalogs.map(async (address) => {
          const status = await (await callInternal(address, '/status')).json();
          return (status as { replicaId: string }).replicaId;
        }),
      );
      for (const [position, address] of catalogs.entries()) {
        const line = await open(address, [PEER_SECRET === '' ? derived : PEER_SECRET]);
        if (line.kind !== 'open') throw new Error(line.reason);
        const from = (position + 1) % 3;
        for (const round of [1e308, highestRound(Date.now())]) {
          const body: PeerMessage = {
            kind: 'check',
            bookId: 6,
            committed: 0,
            ballot: { round, replicaId: 'zzzzzzzzz-z', startNumber: 1 },
          };
          const addresses = { from: ids[from], fromStart: 1, fromPosition: from, to: ids[position] };
          line.connection.tell(peerNotice, JSON.stringify({ ...addresses, body }));
        }
      }
      const buy = await fetch(`${bookstore.frontEnds[0]?.address}/buy/6`, { method: 'PUT' });
      expect([buy.status, await buy.json()]).toMatchObject([200, { success: true }]);
    });
  });
});
