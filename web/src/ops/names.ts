import { type Ballot, type ClusterSnapshot, type Seen } from './types.js';

export type Tier = 'front-end' | 'order' | 'catalog';

/** One process on this page. */
export interface Named {
  readonly name: string;
  readonly tier: Tier;
  readonly seen: Seen<unknown>;
}

/** Every process with its name, by its place in the snapshot: front-ends first. */
export function processesOf({ frontEnds, orders, catalogs }: ClusterSnapshot): Named[] {
  const named = (tier: Tier, name: string, all: readonly Seen<unknown>[]): Named[] =>
    all.map((seen, index) => ({ name: `${name} ${index + 1}`, tier, seen }));
  return [
    ...named('front-end', 'Front-end', frontEnds),
    ...named('order', 'Order', orders),
    ...named('catalog', 'Catalog', catalogs),
  ];
}

export function nameOf(snapshot: ClusterSnapshot, address: string): string {
  return processesOf(snapshot).find(({ seen }) => seen.address === address)?.name ?? hostOf(address);
}

/** What a replica id is called on this page. */
export function replicaName(
  { catalogs }: Pick<ClusterSnapshot, 'catalogs'>,
  replicaId: string | null,
): string {
  if (replicaId === null) return 'unknown';
  const index = catalogs.findIndex(({ status }) => status?.replicaId === replicaId);
  return index === -1 ? shortId(replicaId) : `Catalog ${index + 1}`;
}

/** `7 of Catalog 2`: the round, and whose it is. */
export function ballotName(
  snapshot: Pick<ClusterSnapshot, 'catalogs'>,
  { round, replicaId }: Ballot,
): string {
  // A book's creation was decided on the catalogue's own record: it bears no ballot of its own.
  if (round === 0) return '–';
  return `${round} of ${replicaName(snapshot, replicaId)}`;
}

export function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '');
}

function shortId(id: string): string {
  return id.length > 8 ? `…${id.slice(-6)}` : id;
}
