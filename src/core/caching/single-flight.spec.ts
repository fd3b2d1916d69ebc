import { monotonic as at } from '../clocks.js';
import { FencedCache, type AnswerSource } from './fenced-cache.js';
import { CACHING_RULES, type CachingRules } from './rules.js';
import { FrontEndSessions, sessionKey } from './sessions.js';
import { SingleFlight, type Fetched, type ReadOutcome } from './single-flight.js';

const CACHEABLE: AnswerSource = { session: sessionKey('r1', 1), cacheable: true };
const HOPPED: AnswerSource = { ...CACHEABLE, cacheable: false };

function setUp(rules: CachingRules = CACHING_RULES, maxEntries = 10) {
  const sessions = new FrontEndSessions();
  sessions.granted({ replicaId: 'r1', startNumber: 1, durationMs: 10_000 }, at(0), at(1));
  const cache = new FencedCache<number, string>({ maxEntries, maxBytes: 1e6 }, sessions, () => 1, rules);
  const flights = new SingleFlight<number, string, string>(cache, () => at(1), rules);
  const sent: ((fetched: Fetched<string, string>) => void)[] = [];
  const outcomes: (ReadOutcome<string, string> | undefined)[] = [];
  const read = () => {
    const reader = outcomes.push(undefined) - 1;
    flights.read(
      1,
      (done) => sent.push(done),
      (outcome) => {
        if (outcomes[reader] !== undefined) throw new Error('called back twice');
        outcomes[reader] = outcome;
      },
    );
  };
  const answer = (fetch: number, value: string, source = CACHEABLE) =>
    sent[fetch]?.({ kind: 'answered', value, source, tags: [] });
  const values = () => outcomes.map((outcome) => (outcome?.kind === 'value' ? outcome.value : outcome?.kind));
  return { cache, sent, outcomes, read, answer, values };
}

describe('SingleFlight', () => {
  it('sends one fetch for many readers, and serves the next from the cache', () => {
    const { read, answer, values, outcomes, sent } = setUp();
    for (let i = 0; i < 3; i++) read();
    answer(0, 'a');
    read();
    expect(values()).toEqual(['a', 'a', 'a', 'a']);
    expect(outcomes[3]).toMatchObject({ hit: true });
    expect(sent).toHaveLength(1);
  });

  it('shares an answer that may not be kept with no reader that came later: they share the next fetch', () => {
    const { read, answer, values, sent } = setUp();
    for (let i = 0; i < 3; i++) read();
    answer(0, 'old', HOPPED);
    expect(values()).toEqual(['old', undefined, undefined]);
    expect(sent).toHaveLength(2);
    read();
    answer(1, 'new', HOPPED);
    expect(values()).toEqual(['old', 'new', 'new', undefined]);
    expect(sent).toHaveLength(3);
  });

  it('does not let a reader wait for a fetch that an invalidation broke', () => {
    const { cache, read, answer, values, sent } = setUp();
    read();
    read();
    cache.forget(1);
    read();
    expect(sent).toHaveLength(2);
    answer(0, 'old');
    // The second reader came before the second fetch was sent: it waits for that one.
    expect(values()).toEqual(['old', undefined, undefined]);
    answer(1, 'new');
    expect(values()).toEqual(['old', 'new', 'new']);
    expect(sent).toHaveLength(2);
  });

  it('takes a later fetch that ended first for what it is', () => {
    const { cache, read, answer, values, sent } = setUp();
    read();
    read();
    cache.forget(1);
    read();
    answer(1, 'new', HOPPED);
    answer(0, 'old');
    expect(values()).toEqual(['old', undefined, 'new']);
    answer(2, 'newer');
    expect(values()).toEqual(['old', 'newer', 'new']);
    expect(sent).toHaveLength(3);
  });

  it('shares a failure, and keeps nothing of it', () => {
    const { read, sent, values } = setUp();
    read();
    read();
    sent[0]?.({ kind: 'failed', failure: 'down' });
    expect(values()).toEqual(['failed', 'failed']);
    read();
    expect(sent).toHaveLength(2);
  });

  it('fetches for each reader when the cache is off', () => {
    const { read, answer, values, sent } = setUp(CACHING_RULES, 0);
    read();
    read();
    expect(sent).toHaveLength(2);
    answer(1, 'b');
    answer(0, 'a');
    expect(values()).toEqual(['a', 'b']);
  });

  it('shares anything with the rule off', () => {
    const { read, answer, values } = setUp({ ...CACHING_RULES, sharesOnlyWhatMayBeKept: false });
    read();
    read();
    answer(0, 'old', HOPPED);
    expect(values()).toEqual(['old', 'old']);
  });
});
