import { useMemo } from 'preact/hooks';
import { type Box, type Layout, layOutNarrow, layOutWide } from './layout.js';
import { type Named, processesOf } from './names.js';
import { ProcessNode } from './process-node.js';
import { type Point, type Rates } from './rates.js';
import { type ClusterSnapshot } from './types.js';
import { useNarrow } from './use-narrow.js';
import { type View, viewsOf } from './views.js';

interface PictureProps {
  readonly snapshot: ClusterSnapshot;
  readonly point: Point | undefined;
  /** Address of the process whose links stand out. */
  readonly chosen: string | null;
  readonly choose: (address: string | null) => void;
}

/** Who there is, what flows between them, and what holds: sessions and leases as lines, broken ones dashed. */
export function Picture({ snapshot, point, chosen, choose }: PictureProps) {
  const narrow = useNarrow();
  const processes = processesOf(snapshot);
  const shape = processes.map(({ seen }) => seen.address).join();
  const layout = useMemo(() => (narrow ? layOutNarrow : layOutWide)(processes), [shape, narrow]);
  const views = viewsOf(snapshot);
  const rates = point?.rates ?? new Map<string, Rates>();
  return (
    <svg
      class={`picture ${chosen === null ? '' : 'picture-chosen'} ${narrow ? 'picture-narrow' : ''}`}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      role="group"
      aria-label="The bookstore: front-ends, order servers and catalogs"
    >
      <g aria-hidden="true">
        {linksOf(snapshot, views, rates).map((link) => (
          <LinkPath key={`${link.from}-${link.to}`} link={link} layout={layout} chosen={chosen} />
        ))}
        {leasesOf(snapshot).map((link) => (
          <LinkPath key={`${link.from}~${link.to}`} link={link} layout={layout} chosen={chosen} lease />
        ))}
      </g>
      {processes.map((process) => (
        <ProcessNode
          key={process.seen.address}
          process={process}
          snapshot={snapshot}
          rates={rates.get(process.seen.address)}
          views={views.filter(({ of }) => of === process.seen.address)}
          box={layout.boxes.get(process.seen.address) as Box}
          narrow={narrow}
          chosen={chosen === process.seen.address}
          choose={() => choose(chosen === process.seen.address ? null : process.seen.address)}
        />
      ))}
    </svg>
  );
}

interface LinkShown {
  readonly from: string;
  readonly to: string;
  readonly holds: boolean;
  /** 0: nothing flows; to 3. */
  readonly flow: number;
}

const CALLS: readonly (readonly [Named['tier'], Named['tier']])[] = [
  ['front-end', 'order'],
  ['front-end', 'catalog'],
  ['order', 'catalog'],
];

function linksOf(
  snapshot: ClusterSnapshot,
  views: readonly View[],
  rates: ReadonlyMap<string, Rates>,
): LinkShown[] {
  const processes = processesOf(snapshot);
  const perSecond = (address: string): number => rates.get(address)?.answersPerSecond ?? 0;
  return CALLS.flatMap(([fromTier, toTier]) =>
    processes
      .filter(({ tier }) => tier === fromTier)
      .flatMap(({ seen: { address: from } }) =>
        processes
          .filter(({ tier }) => tier === toTier)
          .map(({ seen: { address: to } }) => {
            // A session is what the catalog says; of other calls, what the caller says.
            const [by, of] = fromTier === 'front-end' && toTier === 'catalog' ? [to, from] : [from, to];
            const holds = views.some((view) => view.by === by && view.of === of && view.well);
            return { from, to, holds, flow: holds ? flowOf(Math.min(perSecond(from), perSecond(to))) : 0 };
          }),
      ),
  );
}

function flowOf(perSecond: number): number {
  if (perSecond < 0.2) return 0;
  if (perSecond < 10) return 1;
  return perSecond < 100 ? 2 : 3;
}

/** Each pair of catalogs once: whether each of the two holds a lease from the other. Those that share a database grant none. */
function leasesOf({ catalogs }: ClusterSnapshot): LinkShown[] {
  if (catalogs.some(({ status }) => status?.shared !== undefined)) return [];
  const holdsFrom = (holder: (typeof catalogs)[number], from: (typeof catalogs)[number]): boolean =>
    holder.status?.peers.some(
      (peer) =>
        peer.replicaId !== null && peer.replicaId === from.status?.replicaId && peer.leaseRemainingMs > 0,
    ) ?? false;
  return catalogs.flatMap((one, index) =>
    catalogs.slice(index + 1).map((other) => ({
      from: one.address,
      to: other.address,
      holds: holdsFrom(one, other) && holdsFrom(other, one),
      flow: 0,
    })),
  );
}

function LinkPath({
  link: { from, to, holds, flow },
  layout,
  chosen,
  lease = false,
}: {
  link: LinkShown;
  layout: Layout;
  chosen: string | null;
  lease?: boolean;
}) {
  const [start, end] = [layout.boxes.get(from), layout.boxes.get(to)];
  if (!start || !end) return null;
  const d = lease ? layout.arc(start, end) : layout.link(start, end);
  const touches = chosen === from || chosen === to;
  const state = `${holds ? '' : 'link-gone'} ${touches ? 'link-touches' : ''}`;
  return (
    <>
      <path class={`${lease ? 'lease' : 'link'} ${state}`} d={d} />
      {flow > 0 && <path class={`flow flow-${flow} ${state}`} d={d} />}
    </>
  );
}
