import { type Operation } from '../../core/replication/types.js';

type Seed = readonly [title: string, topic: string, quantity: number, priceCents: number];

const SEEDS: readonly Seed[] = [
  ['How to get a good grade in DOS in 20 minutes a day', 'Distributed Systems', 10, 25_00],
  ['RPCs for Dummies', 'Distributed Systems', 5, 50_00],
  ['Xen and the Art of Surviving Graduate School', 'Graduate School', 10, 15_00],
  ['Cooking for the Impatient Graduate Student', 'Graduate School', 25, 10_00],
  ['How to finish Project 3 on time', 'University Problems', 25, 10_00],
  ['Why theory classes are so hard', 'University Problems', 25, 10_00],
  ['Spring in the Pioneer Valley', 'Developer Life', 25, 10_00],
];

/** The original's seven books. Their operation ids are fixed, so it does not matter which replica creates them first. */
export const SEED_OPERATIONS: readonly Operation[] = SEEDS.map(
  ([title, topic, quantity, priceCents], index) => ({
    kind: 'create',
    operationId: `seed:${index + 1}`,
    book: { title, topic, quantity, priceCents, isbn: null, author: null },
  }),
);

/** Once the last of them is in the ledger all are, for each is submitted after the one before it. */
export const LAST_SEED_OPERATION_ID = `seed:${SEEDS.length}`;
