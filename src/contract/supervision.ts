import { type SupervisedProcess } from './ops.js';

/** What `npm start` and the processes that it runs tell each other over the channel between them. */
export type ToFrontEnd = { readonly kind: 'processes'; readonly processes: readonly SupervisedProcess[] };
/** Taken by the preloaded switch (local-cluster/network-switch.ts), not by the role. */
export type ToNetworkSwitch = { readonly kind: 'network'; readonly connected: boolean };
export type ToSupervisor = {
  readonly kind: 'act';
  readonly name: string;
  readonly action: ProcessAction;
};

export const PROCESS_ACTIONS = ['stop', 'hang', 'cut off', 'bring back'] as const;
export type ProcessAction = (typeof PROCESS_ACTIONS)[number];
