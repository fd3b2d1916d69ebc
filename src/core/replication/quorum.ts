import { LONG_AGO, NEVER } from '../clocks.js';
import { type MonotonicMs, type ReplicaId } from './types.js';

/** Who decides: `replicas` in all, of which `self` is one. `alone` (`reachable`): it is the quorum by itself. */
export interface Electorate {
  readonly replicas: number;
  readonly self: ReplicaId;
  readonly alone: boolean;
}

/** The smallest number of replicas any two sets of which share one; under `reachable`, those not suspected to be down. */
export function quorumSize({ replicas, alone }: Pick<Electorate, 'replicas' | 'alone'>): number {
  return alone ? 1 : Math.floor(replicas / 2) + 1;
}

/** Whether those who said ok decide. One that is alone has to be among them: what is stored at the other only would be lost to it. */
export function isQuorum(electorate: Electorate, oks: ReadonlyMap<ReplicaId, unknown>): boolean {
  const { self, alone } = electorate;
  return oks.size >= quorumSize(electorate) && (!alone || oks.has(self));
}

/** Those of whom said ok whose words count: beside those of one that is alone, the other's do not. */
export function voters({ self, alone }: Electorate, oks: ReadonlyMap<ReplicaId, unknown>): ReplicaId[] {
  return alone ? [self] : [...oks.keys()];
}

/** Whether that many others make a quorum together with this replica. */
export function isQuorumWith(electorate: Electorate, others: number): boolean {
  return others + 1 >= quorumSize(electorate);
}

/** When the first `size` of those times have passed; `NEVER`: there are fewer. */
export function passedBy(times: readonly MonotonicMs[], size: number): MonotonicMs {
  return [...times].sort((a, b) => a - b)[size - 1] ?? NEVER;
}

/** Until when `size` of them still run, each until its own time; `NEVER` for none, `LONG_AGO`: there are fewer. */
export function runUntil(ends: readonly MonotonicMs[], size: number): MonotonicMs {
  if (size === 0) return NEVER;
  return [...ends].sort((a, b) => b - a)[size - 1] ?? LONG_AGO;
}
