import { type CallResult } from '../../contract/call.js';
import { type OperationsRequest, type OperationsResponse } from '../../contract/internal.js';
import { type Attempt, type FailOverRequest } from '../../core/balancing/fail-over.js';
import { Steering } from '../../core/balancing/steering.js';
import { type BookId } from '../../core/replication/types.js';

type Submit = Pick<FailOverRequest<CallResult<OperationsResponse>, unknown>, 'ask'>;

/** Which catalog to ask first about each book, by what they have said themselves: it saves the way by one that has to pass it on. */
export class Leaders {
  private readonly steering = new Steering();

  constructor(
    private readonly endpoints: readonly string[],
    /** The address under which the other catalogs know the one at an endpoint; null: nobody has answered there yet. */
    private readonly knownAs: (endpoint: string) => string | null,
  ) {}

  /** All endpoints, the best first. */
  turnsFor(bookId: BookId): readonly string[] {
    return this.steering.order(bookId, this.endpoints);
  }

  /** `leader`: what the catalog at `asked` said of the book; null: it leads it itself. */
  learned(bookId: BookId, asked: string, leader: string | null): void {
    const endpoint = leader === null ? asked : this.endpoints.find((each) => this.knownAs(each) === leader);
    if (endpoint !== undefined) this.steering.learned(bookId, endpoint);
  }

  /** Asks as `ask` does, and learns from the answer. */
  hearing(
    operations: OperationsRequest['operations'],
    ask: Submit['ask'],
  ): (attempt: Attempt) => Promise<CallResult<OperationsResponse>> {
    return async (attempt) => {
      const said = await ask(attempt);
      const elsewhere = said.kind === 'answered' ? said.answer.elsewhere : undefined;
      for (const [place, { bookId }] of said.kind === 'answered' ? operations.entries() : []) {
        this.learned(bookId, attempt.endpoint, elsewhere?.find(({ at }) => at === place)?.leader ?? null);
      }
      return said;
    };
  }
}
