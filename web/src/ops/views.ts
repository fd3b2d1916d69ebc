import { quorumSize } from '../../../src/core/replication/quorum.js';
import { nameOf, processesOf } from './names.js';
import { type CatalogStatus, type ClusterSnapshot, type ProcessState } from './types.js';

/** How one process is seen by another. */
export interface View {
  readonly of: string;
  readonly by: string;
  readonly byName: string;
  readonly well: boolean;
  /** How it puts it. */
  readonly word: string;
}

/** Everybody's health as the others see it: whom they reach, ask last, call unhealthy, or hold a session with. */
export function viewsOf(snapshot: ClusterSnapshot): View[] {
  const { frontEnds, orders, catalogs } = snapshot;
  const views: View[] = [];
  const see = (by: string, of: string, well: boolean, word: string): void => {
    if (by !== of) views.push({ of, by, byName: nameOf(snapshot, by), well, word });
  };
  for (const { address: by, status } of [...frontEnds, ...orders]) {
    for (const { address, availability } of status?.upstreams ?? []) {
      see(by, address, availability === 'healthy', availability);
    }
  }
  // Catalogs name each other by their place in the sorted list.
  const positions = catalogs.map(({ address }) => address).sort();
  for (const { address: by, status } of catalogs) {
    if (status === null) continue;
    for (const { position, healthy } of status.peers) {
      see(by, positions[position] ?? '', healthy, healthy ? 'healthy' : 'not healthy');
    }
    for (const { address, fenced } of membersOf(status)) {
      see(by, address, !fenced, fenced ? 'fenced' : 'a member');
    }
    for (const { address } of frontEnds) {
      const runs = status.sessions.some((session) => session.address === address && session.remainingMs > 0);
      see(by, address, runs, runs ? 'session runs' : 'no session');
    }
  }
  return views;
}

/** Of catalogs that share a database, each once: one that was fenced, and has joined anew, is a member. */
export function membersOf(status: CatalogStatus): { readonly address: string; readonly fenced: boolean }[] {
  const members = status.shared?.members ?? [];
  const well = new Set(members.flatMap(({ address, fenced }) => (fenced ? [] : [address])));
  return [...new Set(members.map(({ address }) => address))].map((address) => ({
    address,
    fenced: !well.has(address),
  }));
}

export type Condition = 'well' | 'unready' | 'silent' | Exclude<ProcessState, 'running'>;

export const CONDITION_WORDS: Readonly<Record<Condition, string>> = {
  well: 'ready',
  unready: 'not ready',
  silent: 'no answer',
  hanging: 'hanging',
  'cut off': 'cut off',
  stopped: 'stopped',
};

/** What who runs it did to it, if anybody did; else what it answers. */
export function conditionOf(
  { processes }: ClusterSnapshot,
  { address, ready, answeredInMs }: { address: string; ready: boolean; answeredInMs: number | null },
): Condition {
  const state = processes?.find((process) => process.address === address)?.state ?? 'running';
  if (state !== 'running') return state;
  if (answeredInMs === null) return 'silent';
  return ready ? 'well' : 'unready';
}

/** The whole bookstore in a sentence, the worst first. */
export function verdictOn(snapshot: ClusterSnapshot): {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
} {
  const { frontEnds, orders, catalogs } = snapshot;
  const ready = catalogs.filter((catalog) => catalog.ready).length;
  if (ready === 0) return { tone: 'bad', text: 'No catalog is ready: nothing can be looked up or bought.' };
  const quorum = quorumSize({ replicas: catalogs.length, alone: false });
  const agree = catalogs.every(({ status }) => status?.shared === undefined);
  if (agree && ready < quorum && catalogs.length > 2) {
    return {
      tone: 'bad',
      text: `${ready} of ${catalogs.length} catalogs are ready, too few to agree on a sale.`,
    };
  }
  if (!orders.some((order) => order.ready))
    return { tone: 'bad', text: 'No order server is ready: nothing can be bought.' };
  const all = processesOf(snapshot);
  const unwell = all.filter(({ seen }) => !seen.ready).map(({ name }) => name);
  if (unwell.length > 0) {
    const verb = unwell.length === 1 ? 'is' : 'are';
    return { tone: 'warn', text: `${unwell.join(' and ')} ${verb} not ready. The others carry on.` };
  }
  const behind = lags(catalogs).filter((lag) => lag > 0).length;
  if (behind > 0)
    return {
      tone: 'good',
      text: `All ${all.length} processes are ready; ${behind === 1 ? 'one catalog is' : `${behind} catalogs are`} catching up.`,
    };
  return {
    tone: 'good',
    text:
      frontEnds.length === 1
        ? `All ${all.length} processes are ready.`
        : `All ${all.length} processes are ready, and all catalogs hold the same.`,
  };
}

/** How many commits each catalog is behind the one that has the most. */
export function lags(catalogs: ClusterSnapshot['catalogs']): number[] {
  const most = Math.max(0, ...catalogs.map(({ status }) => status?.lastChange ?? 0));
  return catalogs.map(({ status }) => (status === null ? 0 : most - status.lastChange));
}
