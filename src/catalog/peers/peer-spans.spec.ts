import { type Envelope, type PeerMessage } from '../../core/replication/messages.js';
import { monotonic } from '../../core/clocks.js';
import { type Span, type SpanEnd, type SpanPart } from '../../observability/tracing/span.js';
import { PeerSpans } from './peer-spans.js';

const ballot = { round: 1, replicaId: 'r', startNumber: 1 };
const entry = { sequenceNumber: 4, origin: ballot, decided: [] };
const token = { startNumber: 1, at: monotonic(1) };
const UPDATE: PeerMessage = { kind: 'update', bookId: 7, ballot, entry, before: [] };
const OK: PeerMessage = { kind: 'update ok', bookId: 7, ballot, sequenceNumber: 4, leases: [], token };
const FORWARDED: PeerMessage = { kind: 'forwarded', requestId: 5, result: { kind: 'unknown' } };
const FORWARD: PeerMessage = {
  kind: 'forward',
  requestId: 5,
  bookId: 7,
  operation: { kind: 'restock', operationId: 'o', copies: 1 },
  remainingMs: 100,
};

/** Tells what became of each span. */
class TestSpan implements Span {
  how: SpanEnd | undefined;
  constructor(
    readonly parents: string,
    private readonly all: TestSpan[],
  ) {
    all.push(this);
  }
  begin = ({ kind, name }: SpanPart): TestSpan => new TestSpan(`${this.parents} > ${kind} ${name}`, this.all);
  with = (): TestSpan => this;
  set = (): void => undefined;
  end(how: SpanEnd): void {
    this.how ??= how;
  }
}

function catalog() {
  const all: TestSpan[] = [];
  const clock = { now: 0 };
  const spans = new PeerSpans(
    { heard: ({ name }, parents) => new TestSpan(`${String(parents)} > server ${name}`, all) },
    ['http://a', 'http://b', 'http://c'],
    () => clock.now,
  );
  return { spans, all, clock, begin: (name: string) => new TestSpan(name, all) };
}
const envelope = (fromPosition: number, body: PeerMessage, spans?: string): Envelope => ({
  from: 'r',
  fromStart: 1,
  fromPosition,
  to: null,
  body,
  ...(spans !== undefined && { spans }),
});

describe('PeerSpans', () => {
  it('says nothing where nothing is traced', () => {
    const { spans, all } = catalog();
    expect(spans.leaving(1, envelope(0, UPDATE))).toBeUndefined();
    spans.arrived(envelope(1, OK));
    spans.arrived(envelope(1, UPDATE));
    expect(all).toEqual([]);
  });

  it('goes from a question to its answer, on either side', async () => {
    const [asking, asked] = [catalog(), catalog()];
    let done: () => void = () => undefined;
    const work = asking.spans.during(
      7,
      asking.begin('buy'),
      () => new Promise<void>((resolve) => (done = resolve)),
    );
    const parents = asking.spans.leaving(1, envelope(0, UPDATE));
    expect(parents).toBe('buy > client update');
    expect(asking.spans.leaving(1, envelope(0, { ...UPDATE, bookId: 8 }))).toBeUndefined();
    asked.spans.arrived(envelope(0, UPDATE, parents));
    // What it does for it meanwhile is part of it.
    expect(asked.spans.about([6, 7])?.parents).toBe('buy > client update > server update');
    asked.spans.leaving(2, envelope(1, OK));
    expect(asked.all[0]?.how).toBeUndefined();
    asked.spans.leaving(0, envelope(1, OK));
    expect(asked.all[0]?.how).toEqual({});
    expect(asked.spans.about([7])).toBeUndefined();
    done();
    await work;
    // The last replica answers when the buyer has been answered.
    asking.spans.arrived(envelope(1, OK));
    expect(asking.all[1]?.how).toEqual({});
    expect(asking.spans.leaving(1, envelope(0, UPDATE))).toBeUndefined();
  });

  it('has what a forwarded operation asks of others be part of it', () => {
    const { spans, all } = catalog();
    spans.arrived(envelope(0, FORWARD, 'buy'));
    expect(spans.leaving(2, envelope(1, UPDATE))).toBe('buy > server forward > client update');
    spans.leaving(0, envelope(1, FORWARDED));
    expect(all.map(({ how }) => how)).toEqual([{}, undefined]);
    expect(spans.leaving(2, envelope(1, UPDATE))).toBeUndefined();
  });

  it('waits for no answer for ever, and for so many only', () => {
    const { spans, all, clock, begin } = catalog();
    void spans.during(7, begin('buy'), () => new Promise(() => undefined));
    const get = (requestId: number): Envelope =>
      envelope(0, { kind: 'get', requestId, bookId: 7, committed: 1, asked: [] });
    for (let requestId = 0; requestId < 1_025; requestId++) spans.leaving(1, get(requestId));
    expect(all.filter(({ how }) => how?.failure === 'no answer')).toHaveLength(1);
    clock.now += 10_001;
    spans.leaving(1, get(2_000));
    expect(all.filter(({ how }) => how?.failure === 'no answer')).toHaveLength(1_025);
  });
});
