/**
 * Which of the catalogs delivers to WEBHOOK_URL, and how far the receiver has got, which outlives whoever delivers. How catalogs agree on either is
 * a matter of what keeps their books. An abstract class, so that Nest hands it in.
 */
export abstract class DeliveryTurn {
  abstract start(): void;
  /** When nothing is delivered any more. */
  abstract stop(): Promise<void>;
  /** For a moment it may be another's as well: what is told is told at least once. */
  abstract isOurs(): boolean;
  /** Before the first delivery of a turn: learns how far whoever delivered before has got. False: it cannot be said now. Never rejects. */
  abstract take(): Promise<boolean>;
  /** The cursor up to which all was taken; null: nothing was. */
  abstract since(): string | null;
  /** Never rejects: where it cannot be kept now, a little is told again. */
  abstract takenUpTo(cursor: string): Promise<void>;
  /** Entries behind it, those with nothing to tell included. */
  abstract undelivered(): number;
}
