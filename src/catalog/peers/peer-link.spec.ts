import { PeerLink, type PeerLinkLimits } from './peer-link.js';

type Outcome = 'delivered' | 'refused' | 'lost';

const LIMITS: PeerLinkLimits = {
  maxInFlight: 2,
  maxWaitingMessages: 5,
  maxWaitingCharacters: 1_000,
  maxBatchMessages: 3,
  maxBatchCharacters: 100,
};

/** A link whose turns end, and whose requests are answered, when the test says so. */
function setUp(limits: Partial<PeerLinkLimits> = {}) {
  const turns: (() => void)[] = [];
  const timers = new Set<() => void>();
  const requests: { body: string; answer: (outcome: Outcome) => void }[] = [];
  let unreachable = 0;
  const link = new PeerLink(
    (body) => new Promise((answer) => requests.push({ body, answer })),
    () => unreachable++,
    (action) => turns.push(action),
    (_delayMs, action) => {
      timers.add(action);
      return () => timers.delete(action);
    },
    { ...LIMITS, ...limits },
  );
  return {
    link,
    requests,
    endTurn: () => turns.splice(0).forEach((action) => action()),
    passTime: () => {
      const due = [...timers];
      timers.clear();
      due.forEach((action) => action());
    },
    batches: () => requests.map(({ body }) => (JSON.parse(body) as { envelopes: number[] }).envelopes),
    answer: async (index: number, outcome: Outcome) => {
      requests[index]?.answer(outcome);
      await Promise.resolve();
      await Promise.resolve();
    },
    unreachable: () => unreachable,
  };
}

describe('PeerLink', () => {
  it('sends what gathers in one turn in one request', () => {
    const { link, batches, endTurn } = setUp();
    link.send('check', '1');
    link.send('update', '2');
    expect(batches()).toEqual([]);
    endTurn();
    expect(batches()).toEqual([[1, 2]]);
  });

  it('lets what comes meanwhile wait for a free request, in order', async () => {
    const { link, batches, endTurn, answer } = setUp({ maxInFlight: 1 });
    link.send('check', '1');
    endTurn();
    link.send('check', '2');
    endTurn();
    link.send('check', '3');
    endTurn();
    expect(batches()).toEqual([[1]]);
    await answer(0, 'delivered');
    expect(batches()).toEqual([[1], [2, 3]]);
  });

  it('splits a long turn by number and by length', () => {
    const { link, batches, endTurn } = setUp({ maxInFlight: 9 });
    for (let text = 1; text <= 4; text++) link.send('check', String(text));
    endTurn();
    const long = `"${'x'.repeat(90)}"`;
    link.send('check', long);
    link.send('check', long);
    endTurn();
    expect(batches().map((batch) => batch.length)).toEqual([3, 1, 1, 1]);
  });

  it('sends one message that is longer than a batch alone', () => {
    const { link, batches, endTurn } = setUp({ maxInFlight: 9 });
    link.send('check', `"${'x'.repeat(300)}"`);
    link.send('check', '2');
    endTurn();
    expect(batches().map((batch) => batch.length)).toEqual([1, 1]);
  });

  it('drops the oldest when too much waits', async () => {
    const { link, batches, endTurn, answer } = setUp({ maxInFlight: 1, maxBatchMessages: 9 });
    link.send('check', '0');
    endTurn();
    for (let text = 1; text <= 8; text++) link.send('check', String(text));
    await answer(0, 'delivered');
    expect(batches()[1]).toEqual([4, 5, 6, 7, 8]);
    expect(link.dropped).toBe(3);
  });

  it('drops by length as well', async () => {
    const { link, batches, endTurn, answer } = setUp({ maxInFlight: 1, maxWaitingCharacters: 2 });
    link.send('check', '0');
    endTurn();
    for (let text = 1; text <= 4; text++) link.send('check', String(text));
    await answer(0, 'delivered');
    expect(batches()[1]).toEqual([3, 4]);
  });

  it('gives lease messages a request of their own when all others hang', () => {
    const { link, batches, endTurn } = setUp();
    for (const text of ['1', '2', '3']) {
      link.send('update', text);
      endTurn();
    }
    link.send('lease request', '4');
    endTurn();
    link.send('lease request', '5');
    endTurn();
    expect(batches()).toEqual([[1], [2], [4]]);
  });

  it('puts lease messages first', () => {
    const { link, batches, endTurn } = setUp();
    link.send('update', '1');
    link.send('lease grant', '2');
    endTurn();
    expect(batches()).toEqual([[2, 1]]);
  });

  it.each(['refused', 'lost'] as const)(
    'tells that a batch was %s, and does not repeat it',
    async (outcome) => {
      const { link, endTurn, answer, unreachable, requests } = setUp();
      link.send('check', '1');
      endTurn();
      await answer(0, outcome);
      expect(unreachable()).toBe(1);
      expect(requests).toHaveLength(1);
    },
  );

  it('does not call a delivered batch unreachable', async () => {
    const { link, endTurn, answer, unreachable } = setUp();
    link.send('check', '1');
    endTurn();
    await answer(0, 'delivered');
    expect(unreachable()).toBe(0);
  });

  it('lets a commit wait for something to travel with', () => {
    const { link, batches, endTurn, passTime } = setUp();
    link.send('commit', '1');
    endTurn();
    expect(batches()).toEqual([]);
    link.send('update', '2');
    endTurn();
    expect(batches()).toEqual([[1, 2]]);
    passTime();
    expect(batches()).toEqual([[1, 2]]);
  });

  it('sends a commit that nothing came for', () => {
    const { link, batches, endTurn, passTime } = setUp();
    link.send('commit', '1');
    link.send('commit', '2');
    endTurn();
    passTime();
    expect(batches()).toEqual([[1, 2]]);
  });

  it('lets a commit wait that the answer to a request has made', async () => {
    const { link, batches, endTurn, passTime, answer } = setUp();
    link.send('update', '1');
    endTurn();
    link.send('commit', '2');
    await answer(0, 'delivered');
    expect(batches()).toEqual([[1]]);
    passTime();
    expect(batches()).toEqual([[1], [2]]);
  });

  it('does not keep what waits for room until a commit has lingered', async () => {
    const { link, batches, endTurn, answer } = setUp({ maxInFlight: 1 });
    link.send('update', '1');
    endTurn();
    link.send('update', '2');
    endTurn();
    link.send('commit', '3');
    await answer(0, 'delivered');
    expect(batches()).toEqual([[1], [2, 3]]);
  });

  describe('with a request of the peer held', () => {
    const nothing = Symbol('not released');
    const now = (held: Promise<string | null>): Promise<unknown> =>
      Promise.race([held, new Promise((resolve) => setImmediate(() => resolve(nothing)))]);

    it('answers in it', async () => {
      const { link, batches, endTurn } = setUp();
      const held = link.hold(1);
      link.send('update ok', '1');
      expect(await now(held)).toBe(nothing);
      endTurn();
      expect(await held).toBe('{"envelopes":[1]}');
      expect(batches()).toEqual([]);
    });

    it('sends by itself what does not fit into it', async () => {
      const { link, batches, endTurn } = setUp();
      const held = link.hold(4);
      for (const text of ['1', '2', '3', '4']) link.send('update ok', text);
      endTurn();
      expect(await held).toBe('{"envelopes":[1,2,3]}');
      expect(batches()).toEqual([[4]]);
    });

    it('lets it go empty when its answers left in an older one', async () => {
      const { link, endTurn } = setUp();
      const held = [link.hold(1), link.hold(2)];
      link.send('update ok', '1');
      link.send('update ok', '2');
      link.send('check ok', '3');
      endTurn();
      expect(await Promise.all(held)).toEqual(['{"envelopes":[1,2,3]}', null]);
    });

    it('keeps it while answers to it are outstanding', async () => {
      const { link, endTurn } = setUp();
      const held = [link.hold(1), link.hold(1)];
      link.send('update ok', '1');
      endTurn();
      expect(await held[0]).toBe('{"envelopes":[1]}');
      expect(await now(held[1] as Promise<null>)).toBe(nothing);
      link.send('update ok', '2');
      endTurn();
      expect(await held[1]).toBe('{"envelopes":[2]}');
    });

    it('lets it go after a while; a late answer goes by itself', async () => {
      const { link, batches, endTurn, passTime } = setUp();
      const held = link.hold(1);
      passTime();
      expect(await held).toBeNull();
      link.send('update ok', '1');
      endTurn();
      expect(batches()).toEqual([[1]]);
    });

    it('holds a bounded number', async () => {
      const { link } = setUp();
      const held = Array.from({ length: 17 }, () => link.hold(1));
      expect(await held[16]).toBeNull();
      expect(await now(held[15] as Promise<null>)).toBe(nothing);
    });

    it('lets it go when the link is closed', async () => {
      const { link } = setUp();
      const held = link.hold(1);
      link.close();
      expect(await held).toBeNull();
      expect(await link.hold(1)).toBeNull();
    });
  });

  it('says nothing after it is closed', async () => {
    const { link, endTurn, answer, unreachable, requests } = setUp({ maxInFlight: 1 });
    link.send('check', '1');
    endTurn();
    link.send('check', '2');
    link.close();
    link.send('check', '3');
    endTurn();
    await answer(0, 'refused');
    expect(requests).toHaveLength(1);
    expect(unreachable()).toBe(0);
  });
});
