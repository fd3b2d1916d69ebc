import { type ClusterSnapshot } from './types.js';

/** `catalog 2`, by its place in the front-end's list. */
export function catalogName(index: number): string {
  return `Catalog ${index + 1}`;
}

/** What a replica id is called on this page. */
export function replicaName(snapshot: ClusterSnapshot, replicaId: string | null): string {
  if (replicaId === null) return 'unknown';
  const index = snapshot.catalogs.findIndex(({ status }) => status?.replicaId === replicaId);
  return index === -1 ? shortId(replicaId) : catalogName(index);
}

export function shortId(id: string): string {
  return id.length > 8 ? `…${id.slice(-6)}` : id;
}

export function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '');
}
