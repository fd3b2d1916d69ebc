import { type Shape } from './shapes.js';

/** Who may use it: `roles` share CLUSTER_SECRET; `peers` are the catalogs, which agree among themselves. */
export type Audience = 'roles' | 'peers';

/** One thing that a role asks of another: both sides import it, and what crosses the line is read by its shapes. */
export interface Call<Request, Answer> {
  readonly name: string;
  readonly audience: Audience;
  /** Never refused for load: a lost lease, invalidation or session costs more than it saves. */
  readonly vital: boolean;
  readonly request: Shape<Request>;
  readonly answer: Shape<Answer>;
}

/** One thing that is said and not answered; it may be lost. */
export interface Notice<Content> {
  readonly name: string;
  readonly audience: Audience;
  readonly content: Shape<Content>;
}

/** What became of a call. Which of its own answers are definite, each call says. */
export type CallResult<Answer> = { readonly kind: 'answered'; readonly answer: Answer } | Unanswered;

export type Unanswered =
  /** Definite: it was not sent, or the other side stops. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Definite: the other side is there, but does not know such a call, or takes it for malformed. */
  | { readonly kind: 'not understood'; readonly reason: string }
  /** Definite: the other side has too much to do and did nothing. */
  | { readonly kind: 'overloaded'; readonly reason: string }
  /** Indefinite: it was sent, and no answer that can be read came. */
  | { readonly kind: 'lost'; readonly reason: string };
