/** Shapes of `/ops`, straight from where the servers have them: types only, nothing of it gets into the page. */
export type {
  AnswerCounts,
  BookOnCatalogs,
  BookRecord,
  CatalogStatus,
  ClusterSnapshot,
  FrontEndStatus,
  LedgerLine,
  OrderStatus,
  ProcessState,
  Seen,
  SupervisedProcess,
} from '../../../src/contract/ops.js';
export type { Observation } from '../../../src/contract/observation.js';
export type { FollowedRequest } from '../../../src/contract/traces.js';
export type { ProcessAction } from '../../../src/contract/supervision.js';
export type { TracedMessage } from '../../../src/core/tracing/events.js';
export type { Ballot } from '../../../src/core/replication/types.js';
