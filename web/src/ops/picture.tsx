import { catalogName, hostOf } from './names.js';
import { type CatalogSeen, type ClusterSnapshot } from './types.js';

interface Spot {
  readonly x: number;
  readonly y: number;
}

const WIDTH = 760;
const NODE = { width: 158, height: 52 };
const ROW = 84;

/** Who there is, and what holds between them: solid lines are running sessions and leases, dashed ones are not there. */
export function Picture({ snapshot }: { snapshot: ClusterSnapshot }) {
  const rows = Math.max(snapshot.catalogs.length, snapshot.orders.length, 1);
  const height = rows * ROW + 16;
  const spots = (count: number, x: number): Spot[] =>
    Array.from({ length: count }, (_, index) => ({ x, y: height / 2 + (index - (count - 1) / 2) * ROW }));
  const frontEnd = { x: NODE.width / 2 + 4, y: height / 2 };
  const orders = spots(snapshot.orders.length, WIDTH / 2);
  const catalogs = spots(snapshot.catalogs.length, WIDTH - NODE.width / 2 - 60);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The bookstore as a picture">
      <svg class="picture" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={describe(snapshot)}>
        {snapshot.orders.map(({ address, ready }, index) => (
          <Link key={address} from={frontEnd} to={orders[index]} holds={ready} />
        ))}
        {snapshot.catalogs.map((catalog, index) => (
          <Link
            key={catalog.address}
            from={frontEnd}
            to={catalogs[index]}
            holds={hasSession(catalog, snapshot)}
            bend={over(index, snapshot)}
          />
        ))}
        {leases(snapshot).map(({ from, to, holds }) => (
          <Lease key={`${from}-${to}`} from={catalogs[from]} to={catalogs[to]} holds={holds} />
        ))}
        <Node at={frontEnd} name="Front-end" note={hostOf(snapshot.frontEnd.address)} well />
        {snapshot.orders.map(({ address, ready }, index) => (
          <Node
            key={address}
            at={orders[index]}
            name={`Order ${index + 1}`}
            note={hostOf(address)}
            well={ready}
          />
        ))}
        {snapshot.catalogs.map(({ address, status }, index) => (
          <Node
            key={address}
            at={catalogs[index]}
            name={catalogName(index)}
            note={hostOf(address)}
            well={status?.ready === true}
          />
        ))}
      </svg>
    </div>
  );
}

function hasSession({ status }: CatalogSeen, { frontEnd }: ClusterSnapshot): boolean {
  return (
    status?.sessions.some(({ frontEndId, remainingMs }) => frontEndId === frontEnd.id && remainingMs > 0) ??
    false
  );
}

/** Above or below the order servers. */
function over(index: number, { catalogs }: ClusterSnapshot): number {
  return (index - (catalogs.length - 1) / 2) * 90 + (index === (catalogs.length - 1) / 2 ? -8 : 0);
}

/** Each pair of catalogs once: whether each of the two holds a lease from the other. */
function leases({ catalogs }: ClusterSnapshot): { from: number; to: number; holds: boolean }[] {
  const held = (holder: CatalogSeen | undefined, from: CatalogSeen | undefined): boolean =>
    holder?.status?.peers.some(
      (peer) =>
        peer.replicaId !== null && peer.replicaId === from?.status?.replicaId && peer.leaseRemainingMs > 0,
    ) ?? false;
  return catalogs.flatMap((one, from) =>
    catalogs
      .slice(from + 1)
      .map((other, offset) => ({ from, to: from + 1 + offset, holds: held(one, other) && held(other, one) })),
  );
}

function Link({
  from,
  to,
  holds,
  bend = 0,
}: {
  from: Spot;
  to: Spot | undefined;
  holds: boolean;
  bend?: number;
}) {
  if (!to) return null;
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 + bend };
  return (
    <path
      class={holds ? 'link' : 'link link-gone'}
      d={`M${from.x} ${from.y}Q${middle.x} ${middle.y} ${to.x} ${to.y}`}
    />
  );
}

function Lease({ from, to, holds }: { from: Spot | undefined; to: Spot | undefined; holds: boolean }) {
  if (!from || !to) return null;
  const x = from.x + NODE.width / 2;
  const reach = x + 20 + Math.abs(to.y - from.y) / 5;
  return (
    <path
      class={holds ? 'lease' : 'lease link-gone'}
      d={`M${x} ${from.y}C${reach} ${from.y} ${reach} ${to.y} ${x} ${to.y}`}
    />
  );
}

function Node({ at, name, note, well }: { at: Spot | undefined; name: string; note: string; well: boolean }) {
  if (!at) return null;
  return (
    <g
      class={well ? 'node' : 'node node-down'}
      transform={`translate(${at.x - NODE.width / 2} ${at.y - NODE.height / 2})`}
    >
      <rect width={NODE.width} height={NODE.height} rx="10" />
      <circle cx="18" cy="20" r="5" />
      <text x="32" y="25" class="node-name">
        {name}
      </text>
      <text x="32" y="42" class="node-note">
        {well ? note : 'not ready'}
      </text>
    </g>
  );
}

function describe({ orders, catalogs }: ClusterSnapshot): string {
  const ready = catalogs.filter(({ status }) => status?.ready).length;
  return `The front-end, ${orders.filter((order) => order.ready).length} of ${orders.length} order servers ready, ${ready} of ${catalogs.length} catalogs ready`;
}
