import { type SessionGrant } from '../../src/core/replication/api.js';
import { type Invalidation } from '../../src/core/replication/invalidation.js';
import { type Envelope } from '../../src/core/replication/messages.js';
import { type ReadResult, type SubmitResult } from '../../src/core/replication/results.js';
import { type BookId, type Operation } from '../../src/core/replication/types.js';
import { type SessionKey } from '../../src/core/caching/sessions.js';
import { type FoundBook, type SearchBy } from './history.js';

/** Requests, as over HTTP: to front-ends and to replicas. */
export type Ask =
  | { readonly kind: 'look up'; readonly bookId: BookId; readonly frontEndId: string | null }
  | { readonly kind: 'search'; readonly text: string; readonly by: SearchBy }
  | { readonly kind: 'submit'; readonly bookId: BookId; readonly operation: Operation }
  | { readonly kind: 'session'; readonly frontEndId: string; readonly address: string };

export type Answered =
  /** `session` names the replica and its start, `alone` whether a front-end may keep it; a front-end's answer has neither. */
  | { readonly kind: 'looked up'; readonly result: ReadResult; readonly session: SessionKey }
  | {
      readonly kind: 'searched';
      readonly books: readonly FoundBook[];
      readonly cacheable: boolean;
      readonly session: SessionKey;
    }
  | { readonly kind: 'written'; readonly result: SubmitResult }
  | { readonly kind: 'granted'; readonly grant: SessionGrant | null }
  | { readonly kind: 'unavailable' };

export type Content =
  | { readonly kind: 'peer message'; readonly envelope: Envelope }
  | { readonly kind: 'request'; readonly ask: Ask }
  | { readonly kind: 'response'; readonly ask: Ask; readonly answered: Answered }
  | { readonly kind: 'refused'; readonly ask: Ask }
  | { readonly kind: 'invalidation'; readonly frontEndId: string; readonly invalidation: Invalidation }
  | { readonly kind: 'forgotten'; readonly frontEndId: string; readonly invalidationId: string };

/** What became of a request: `refused` is definite, nothing came of it; after `timeout` it may still be served. */
export type CallResult = Answered | { readonly kind: 'refused' } | { readonly kind: 'timeout' };
