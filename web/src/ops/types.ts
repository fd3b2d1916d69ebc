/** Shapes of `/ops` (src/contract/operations.ts, src/core/replication/api.ts). */

export interface ClusterSnapshot {
  readonly at: number;
  readonly frontEnd: FrontEndSeen;
  readonly orders: readonly OrderServerSeen[];
  readonly catalogs: readonly CatalogSeen[];
}

export interface FrontEndSeen {
  readonly id: string;
  readonly address: string;
  readonly answers: AnswerCounts;
  readonly caches: readonly { readonly cache: string; readonly hits: number; readonly misses: number }[];
}

export interface AnswerCounts {
  readonly total: number;
  readonly errors: number;
  readonly withinMs: readonly { readonly boundMs: number | null; readonly count: number }[];
}

export interface OrderServerSeen {
  readonly address: string;
  readonly ready: boolean;
  readonly answeredInMs: number | null;
}

export interface CatalogSeen {
  readonly address: string;
  readonly status: ReplicaStatus | null;
  readonly answeredInMs: number | null;
}

export interface ReplicaStatus {
  readonly replicaId: string;
  readonly startNumber: number;
  readonly joined: boolean;
  readonly ready: boolean;
  readonly lastChange: number;
  readonly peers: readonly {
    readonly position: number;
    readonly replicaId: string | null;
    readonly healthy: boolean;
    readonly leaseRemainingMs: number;
  }[];
  readonly sessions: readonly {
    readonly frontEndId: string;
    readonly remainingMs: number;
    readonly owes: number;
  }[];
  readonly pending: readonly number[];
  readonly barred: readonly number[];
  readonly waiting: number;
  readonly rounds: number;
  readonly conflicts: number;
}

export interface BookOnCatalogs {
  readonly bookId: number;
  readonly catalogs: readonly {
    readonly address: string;
    readonly replicaId: string | null;
    readonly record: RecordStatus | null;
  }[];
}

export interface RecordStatus {
  readonly committed: number;
  readonly promised: {
    readonly round: number;
    readonly replicaId: string;
    readonly startNumber: number;
  } | null;
  readonly pendingNumber: number | null;
  readonly coordinator: string | null;
  readonly marked: boolean;
}
