import { formatCount } from '../books/money.js';
import { catalogName, hostOf, replicaName, shortId } from './names.js';
import { type CatalogSeen, type ClusterSnapshot, type ReplicaStatus } from './types.js';

/** One card a catalog: what it says of itself. */
export function Catalogs({ snapshot }: { snapshot: ClusterSnapshot }) {
  const most = Math.max(0, ...snapshot.catalogs.map(({ status }) => status?.lastChange ?? 0));
  return (
    <ul class="ops-cards">
      {snapshot.catalogs.map((catalog, index) => (
        <li key={catalog.address} class="ops-card">
          <h3>
            {catalogName(index)} <StateWord catalog={catalog} />
          </h3>
          <p class="ops-address">{hostOf(catalog.address)}</p>
          {catalog.status && <Facts status={catalog.status} behind={most - catalog.status.lastChange} />}
          {catalog.status && <Leases status={catalog.status} snapshot={snapshot} />}
        </li>
      ))}
    </ul>
  );
}

function StateWord({ catalog: { status } }: { catalog: CatalogSeen }) {
  if (status === null) return <span class="state state-bad">no answer</span>;
  return status.ready ? (
    <span class="state state-good">ready</span>
  ) : (
    <span class="state state-warn">catching up</span>
  );
}

function Facts({ status, behind }: { status: ReplicaStatus; behind: number }) {
  const rows: [string, string][] = [
    ['Replica', `${shortId(status.replicaId)}, start ${status.startNumber}`],
    ['Commits', `${formatCount(status.lastChange)}${behind > 0 ? `, ${formatCount(behind)} behind` : ''}`],
    ['Pending, barred', `${status.pending.length}, ${status.barred.length}`],
    ['Waiting operations', formatCount(status.waiting)],
    ['Rounds, conflicts', `${formatCount(status.rounds)}, ${formatCount(status.conflicts)}`],
    [
      'Front-end sessions',
      status.sessions.map(({ remainingMs }) => `${Math.round(remainingMs)} ms`).join(', ') || 'none',
    ],
  ];
  return (
    <dl class="ops-facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Leases({ status, snapshot }: { status: ReplicaStatus; snapshot: ClusterSnapshot }) {
  if (status.peers.length === 0) return <p class="ops-alone">Alone: it needs no leases.</p>;
  const longest = Math.max(1, ...status.peers.map(({ leaseRemainingMs }) => leaseRemainingMs), 500);
  return (
    <ul class="leases" aria-label="Read leases held">
      {status.peers.map((peer) => (
        <li key={peer.position}>
          <span>
            Lease from {replicaName(snapshot, peer.replicaId)}
            {!peer.healthy && ', not healthy'}
          </span>
          <meter
            min={0}
            max={longest}
            value={Math.max(0, peer.leaseRemainingMs)}
            aria-label="Lease time left"
          />
          <span class="lease-left">{Math.max(0, Math.round(peer.leaseRemainingMs))} ms</span>
        </li>
      ))}
    </ul>
  );
}
