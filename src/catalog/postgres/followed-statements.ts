import { wordsFor } from '../../contract/traces.js';
import { type BookId } from '../../core/replication/types.js';
import { type TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { type PeerSpans } from '../peers/peer-spans.js';
import { type Client, type Server } from './server.js';

/** Of a statement that has no name: how it begins. */
const LONGEST_NOTE = 60;

interface Answered {
  readonly kind: 'answered';
  readonly rows: number | null;
}
type Ended = Answered | { readonly kind: string; readonly reason: string };

/** What a catalog says to its server about a book while a request about it is followed, or traced, is recorded as what it says to other roles. */
export class FollowedStatements {
  constructor(
    private readonly recorder: Pick<TraceRecorder, 'following' | 'observe'>,
    private readonly spans: Pick<PeerSpans, 'about'>,
  ) {}

  /** The same connection, heard while somebody listens. */
  heard(client: Client, server: Server, bookId: BookId): Client {
    const span = this.spans.about([bookId]);
    if (span === undefined && this.recorder.following(bookId) === undefined) return client;
    const query = async (...asked: unknown[]): Promise<unknown> => {
      const name = nameOf(asked[0]);
      const part = span?.begin({
        name,
        kind: 'client',
        attributes: { 'db.system.name': 'postgresql', 'server.address': server.shown },
      });
      const attempt = this.recorder
        .observe<Ended>(bookId, wordsFor(name), ({ rows }) => rowsIn(rows))
        ?.attempt(`postgres://${server.shown}`);
      try {
        const result = await (client.query as (...all: unknown[]) => Promise<unknown>)(...asked);
        part?.end({});
        attempt?.ended({ kind: 'answered', rows: rowCountOf(result) });
        return result;
      } catch (error) {
        part?.end({ failure: 'it failed' });
        attempt?.ended({ kind: 'refused', reason: 'it failed' });
        throw error;
      }
    };
    return { query: query as Client['query'] };
  }
}

/** Texts of statements hold nothing secret: values are apart from them. */
function nameOf(asked: unknown): string {
  if (typeof asked === 'object' && asked !== null) {
    const { name, text } = asked as { readonly name?: string; readonly text?: string };
    return name ?? beginningOf(text ?? '');
  }
  return beginningOf(String(asked));
}

function beginningOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_NOTE ? `${line.slice(0, LONGEST_NOTE - 1)}…` : line;
}

/** Of several statements at once: of all. */
function rowCountOf(result: unknown): number | null {
  const counts = [result].flat().map((each) => (each as { readonly rowCount: number | null }).rowCount);
  return counts.reduce((sum, count) => (count === null ? sum : (sum ?? 0) + count), null);
}

function rowsIn(rows: number | null): string {
  return rows === null ? 'done' : `${rows} ${rows === 1 ? 'row' : 'rows'}`;
}
