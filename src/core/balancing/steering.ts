/** Most books whose leaders are remembered; beyond that the one not sold for longest is forgotten. */
const MOST_LEADERS = 50_000;

/** What a replica says of operations, in their order; of those whose books another leads, their places and whom it names. */
interface Said {
  readonly results: readonly { readonly kind: string }[];
  readonly elsewhere?: readonly { readonly at: number; readonly leader: string }[];
}

/**
 * Which replica to ask first about a book: the one that was last said to lead it, else one by a hash of the book, so that all who
 * know nothing choose the same, and leaders spread over the replicas. A hint: any replica serves any book.
 */
export class Steering {
  /** In the order of their last use. */
  readonly #leaders = new Map<number, string>();

  constructor(
    private readonly endpoints: readonly string[],
    /** The name by which the others know the replica at an endpoint; null: nobody has answered there yet. */
    private readonly knownAs: (endpoint: string) => string | null,
    private readonly mostLeaders = MOST_LEADERS,
  ) {}

  /** All endpoints, the best first; what is not well among them is for others to pass over. */
  turnsFor(bookId: number): readonly string[] {
    if (this.endpoints.length < 2) return this.endpoints;
    const hashed = byHash(bookId, this.endpoints);
    const leader = this.#leaders.get(bookId);
    if (leader === undefined || leader === hashed[0]) return hashed;
    return [leader, ...hashed.filter((endpoint) => endpoint !== leader)];
  }

  /** `leader`: whom the replica at `asked` named; null: it leads the book itself. */
  learned(bookId: number, asked: string, leader: string | null): void {
    const endpoint = leader === null ? asked : this.endpoints.find((each) => this.knownAs(each) === leader);
    if (endpoint === undefined) return;
    this.#leaders.delete(bookId);
    this.#leaders.set(bookId, endpoint);
    if (this.#leaders.size <= this.mostLeaders) return;
    for (const oldest of this.#leaders.keys()) {
      this.#leaders.delete(oldest);
      return;
    }
  }

  /** The same of all books that one request was about. Only who decides knows: one that started nothing may lead none of them. */
  heard(
    operations: readonly { readonly bookId: number }[],
    asked: string,
    { results, elsewhere = [] }: Said,
  ): void {
    const named = new Map(elsewhere.map(({ at, leader }) => [at, leader]));
    for (const [place, { bookId }] of operations.entries()) {
      if (results[place]?.kind === 'decided') this.learned(bookId, asked, named.get(place) ?? null);
    }
  }
}

/** Highest random weight (Thaler and Ravishankar, 1998): whatever the order of the list, and without one endpoint the others keep theirs. */
function byHash(bookId: number, endpoints: readonly string[]): string[] {
  const weighed = endpoints.map((endpoint) => ({ endpoint, weight: mixed(seedOf(endpoint) ^ bookId) }));
  return weighed.sort((a, b) => b.weight - a.weight).map(({ endpoint }) => endpoint);
}

const seeds = new Map<string, number>();

/** FNV-1a. */
function seedOf(endpoint: string): number {
  let seed = seeds.get(endpoint);
  if (seed === undefined) {
    seed = 0x811c9dc5;
    for (let at = 0; at < endpoint.length; at += 1)
      seed = Math.imul(seed ^ endpoint.charCodeAt(at), 0x01000193);
    seeds.set(endpoint, seed);
  }
  return seed;
}

/** The last steps of MurmurHash3: each bit of the number moves half of those of the answer. */
function mixed(number: number): number {
  let hash = number | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
