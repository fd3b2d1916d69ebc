import { type Operation } from '../core/replication/types.js';

/** Kinds that every release understands that speaks the line at all. */
export const FIRST_OPERATION_KINDS: readonly string[] = ['create', 'edit', 'restock', 'sale'];

/** Kinds of operations that this release understands: it says so in each handshake (see `LineEnd.operations`). */
export const OPERATION_KINDS = [
  'create',
  'edit',
  'restock',
  'sale',
  'hold',
  'confirm',
  'release',
  'expire',
  'settle',
  'cancel',
] as const satisfies readonly Operation['kind'][];
