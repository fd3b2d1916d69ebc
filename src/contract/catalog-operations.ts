import { type Operation, type Signed } from '../core/replication/types.js';

/** Kinds that every release understands that speaks the line at all. */
export const FIRST_OPERATION_KINDS: readonly string[] = ['create', 'edit', 'restock', 'sale'];

/** Fields that came later than their operations: a release that does not know one would make another book of the same ledger. */
const LATER_FIELDS = ['edit.isbn', 'edit.author', 'edit.hidden', 'edit.claim', 'by'] as const;

/** Operations, and fields of operations, that this release understands: it says so in each handshake (see `LineEnd.operations`). */
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
  'claim',
  ...LATER_FIELDS,
] as const satisfies readonly (Operation['kind'] | (typeof LATER_FIELDS)[number])[];

/** What has to be understood by all who are to store an operation. */
export function neededFor(operation: Operation): string[] {
  if (operation.kind !== 'edit') return [operation.kind];
  const { changes, claim } = operation;
  const later = (['isbn', 'author', 'hidden'] as const).filter((field) => changes[field] !== undefined);
  return ['edit', ...later.map((field) => `edit.${field}`), ...(claim === undefined ? [] : ['edit.claim'])];
}

/**
 * As it is stored: with the name of who asked for it, and the time, if all understand these (`understood`). Nothing depends on them, so
 * a change goes without while some do not.
 */
export function signedAt(operation: Operation, at: number, understood: boolean): Operation {
  switch (operation.kind) {
    case 'create':
    case 'edit':
    case 'restock':
    case 'cancel':
      return understood ? { ...operation, at } : unsigned(operation);
    default:
      return operation;
  }
}

function unsigned<Asked extends Operation & Signed>(operation: Asked): Asked {
  const { ...bare }: { -readonly [Field in keyof Asked]: Asked[Field] } = operation;
  delete bare.by;
  delete bare.at;
  return bare;
}
