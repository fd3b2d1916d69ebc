import { formatCount } from '../books/money.js';
import { hostOf, type Named, nameOf, processesOf, replicaName } from './names.js';
import { type Rates } from './rates.js';
import { type CatalogStatus, type ClusterSnapshot, type FrontEndStatus } from './types.js';
import { CONDITION_WORDS, conditionOf, lags, membersOf, type View, viewsOf } from './views.js';

/** Everything that is known of the process that was chosen in the picture. */
export function Details({
  snapshot,
  address,
  rates,
}: {
  snapshot: ClusterSnapshot;
  address: string;
  rates: Rates | undefined;
}) {
  const process = processesOf(snapshot).find(({ seen }) => seen.address === address);
  if (process === undefined) return null;
  const condition = conditionOf(snapshot, process.seen);
  return (
    <section class="details" aria-label={process.name}>
      <header>
        <h2>{process.name}</h2>
        <span class={`state state-${condition === 'well' ? 'good' : 'bad'}`}>
          {CONDITION_WORDS[condition]}
        </span>
        <span class="details-address">
          {hostOf(address)}
          {address === snapshot.self && ', which shows you this'}
        </span>
      </header>
      <div class="details-columns">
        <Facts rows={commonFacts(process, rates)} />
        <Own process={process} snapshot={snapshot} />
        <SeenBy views={viewsOf(snapshot).filter(({ of }) => of === address)} />
      </div>
    </section>
  );
}

type Row = readonly [string, string];

function Facts({ rows }: { rows: readonly Row[] }) {
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function commonFacts({ seen }: Named, rates: Rates | undefined): Row[] {
  const ms = (value: number | null | undefined): string => (value == null ? '–' : `${value.toFixed(1)} ms`);
  return [
    ['Answers a second', rates === undefined ? '–' : rates.answersPerSecond.toFixed(1)],
    ['Failures a second', rates === undefined ? '–' : rates.errorsPerSecond.toFixed(1)],
    ['Half of them within', ms(rates?.p50Ms)],
    ['99 % within', ms(rates?.p99Ms)],
    ['Says how it is in', ms(seen.answeredInMs)],
  ];
}

function Own({ process: { tier, seen }, snapshot }: { process: Named; snapshot: ClusterSnapshot }) {
  if (seen.status === null) return <p class="details-none">It says nothing of itself now.</p>;
  switch (tier) {
    case 'catalog':
      return <OwnCatalog status={seen.status as CatalogStatus} address={seen.address} snapshot={snapshot} />;
    case 'front-end':
      return <Facts rows={cacheFacts(seen.status as FrontEndStatus)} />;
    case 'order':
      return null;
    default:
      return tier satisfies never;
  }
}

function cacheFacts({ caches }: FrontEndStatus): Row[] {
  return caches.map(({ cache, hits, misses }) => [
    cache === 'lookup' ? 'Look-ups from the cache' : 'Searches from the cache',
    hits + misses === 0
      ? 'none yet'
      : `${((100 * hits) / (hits + misses)).toFixed(1)} % of ${formatCount(hits + misses)}`,
  ]);
}

function OwnCatalog({
  status,
  address,
  snapshot,
}: {
  status: CatalogStatus;
  address: string;
  snapshot: ClusterSnapshot;
}) {
  const { catalogs } = snapshot;
  const lag = lags(catalogs)[catalogs.findIndex((catalog) => catalog.address === address)] ?? 0;
  const barred = new Set([...status.pending, ...status.barred]).size;
  const { shared } = status;
  const own: Row[] = [
    ['Commits', `${formatCount(status.lastChange)}${lag > 0 ? `, ${formatCount(lag)} behind` : ', level'}`],
    [
      'Marked as valid',
      status.ready ? (barred === 0 ? 'every book' : `all but ${formatCount(barred)}`) : 'no book',
    ],
    ['Pending, barred', `${status.pending.length}, ${status.barred.length}`],
    ['Operations that wait', formatCount(status.waiting)],
    ['Rounds, conflicts', `${formatCount(status.rounds)}, ${formatCount(status.conflicts)}`],
    ['Start', String(status.startNumber)],
  ];
  const rows = [
    ...(shared === undefined ? own : sharedFacts(snapshot, status, shared)),
    ...webhookFacts(status),
  ];
  return (
    <>
      <Facts rows={rows} />
      <div>
        <h3>Holds for now</h3>
        {status.peers.length === 0 && shared === undefined && (
          <p class="details-none">Alone: it needs no leases.</p>
        )}
        <ul class="leases">
          {status.peers.map((peer) => (
            <Held
              key={peer.position}
              name={`lease of ${replicaName(snapshot, peer.replicaId)}`}
              remainingMs={peer.leaseRemainingMs}
            />
          ))}
          {status.sessions.map((session) => (
            <Held
              key={session.frontEndId}
              name={`session with ${session.address === null ? 'a front-end' : nameOf(snapshot, session.address)}`}
              remainingMs={session.remainingMs}
            />
          ))}
        </ul>
      </div>
    </>
  );
}

/** Of a catalog that keeps its books in a database with others. */
function sharedFacts(
  snapshot: ClusterSnapshot,
  status: CatalogStatus,
  { server, version, trouble, standbys, fresh }: NonNullable<CatalogStatus['shared']>,
): Row[] {
  const named = (fenced: boolean): string =>
    membersOf(status)
      .filter((member) => member.fenced === fenced)
      .map(({ address }) => nameOf(snapshot, address))
      .join(', ') || 'none';
  return [
    [
      'PostgreSQL',
      server === '' ? `none takes writes: ${trouble ?? ''}` : `${version} at ${server}, takes writes`,
    ],
    ['Standbys', standbysIn(standbys)],
    ['Members', named(false)],
    ['Fenced', named(true)],
    ['Caches', fresh ? 'may keep its answers' : 'keep nothing: it has not heard of the members lately'],
    ['Operations that wait', formatCount(status.waiting)],
  ];
}

function standbysIn(standbys: NonNullable<CatalogStatus['shared']>['standbys']): string {
  if (standbys === null) return 'may not be read (GRANT pg_monitor)';
  if (standbys.length === 0) return 'none: what is acknowledged is on one disk';
  return standbys
    .map(({ name, state, synchronous, behindBytes }) => {
      const behind = behindBytes === null ? '' : `, ${formatCount(behindBytes)} bytes behind`;
      return `${name}: ${state}, ${synchronous ? 'waited for' : 'not waited for'}${behind}`;
    })
    .join('; ');
}

function webhookFacts({ webhook }: CatalogStatus): Row[] {
  if (webhook === undefined) return [];
  const { state, to, undelivered, failingSince, lastError, delivered, givenUp } = webhook;
  const waiting =
    failingSince === null ? '' : `, the oldest since ${new Date(failingSince).toLocaleTimeString()}`;
  return [
    ['Webhook', `${state} ${state === 'delivers' ? 'to' : 'for'} ${to}`],
    ['Undelivered', `${formatCount(undelivered)}${waiting}`],
    ['Delivered', `${formatCount(delivered)}${givenUp > 0 ? `, ${formatCount(givenUp)} given up` : ''}`],
    ...(lastError === null ? [] : [['Last failure', lastError] as const]),
  ];
}

/** Leases are half a second by default; a longer one is a full bar. */
const FULL_BAR_MS = 500;

function Held({ name, remainingMs }: { name: string; remainingMs: number }) {
  const left = Math.max(0, Math.round(remainingMs));
  return (
    <li>
      <span>{name}</span>
      <meter min={0} max={FULL_BAR_MS} value={left} aria-label={`${name}: time left`} />
      <span class="lease-left">{left} ms</span>
    </li>
  );
}

function SeenBy({ views }: { views: readonly View[] }) {
  return (
    <div>
      <h3>As the others see it</h3>
      <ul class="seen-by">
        {views.map(({ by, byName, well, word }) => (
          <li key={by} class={well ? 'seen-by-well' : 'seen-by-unwell'}>
            {byName}: {word}
          </li>
        ))}
      </ul>
    </div>
  );
}
