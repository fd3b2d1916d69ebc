import { LoadShedder } from './load-shedder.js';

const LIMITS = { mostInFlight: 3, targetDelayMs: 100, crowdPerTurn: 10 };
const crowded = (delayMs: number) => ({ delayMs, requestsPerTurn: 10 });
const admitted = (shedder: LoadShedder, requests: number): number =>
  Array.from({ length: requests }, () => shedder.isInShare()).filter(Boolean).length;

describe('LoadShedder', () => {
  it.each([
    [0, true],
    [2, true],
    [3, false],
    [4, false],
  ])('beside %i in flight, has room: %s', (inFlight, hasRoom) => {
    expect(new LoadShedder(LIMITS).hasRoomBeside(inFlight)).toBe(hasRoom);
  });

  it.each<[string, number[], number]>([
    ['nothing known', [], 1],
    ['short delays', [0, 50, 100], 1],
    ['a fifth too long', [125], 0.8],
    ['twice as long, once', [200], 0.5],
    ['far too long, once', [10_000], 0.5],
    ['far too long, twice', [10_000, 10_000], 0.25],
    ['far too long for ever', Array<number>(50).fill(10_000), 0.05],
    ['better again', [10_000, 10_000, 10_000, 20], 0.15625],
    ['well again', [10_000, ...Array<number>(4).fill(20)], 1],
  ])('after %s lets in a share', (_name, delays, share) => {
    const shedder = new LoadShedder(LIMITS);
    delays.forEach((delayMs) => shedder.passed(crowded(delayMs)));
    expect(shedder.share).toBeCloseTo(share, 10);
    expect(Math.abs(admitted(shedder, 1_000) - 1_000 * share)).toBeLessThanOrEqual(1);
  });

  it('sheds nothing when few requests come, however late the loop is', () => {
    const shedder = new LoadShedder(LIMITS);
    shedder.passed({ delayMs: 10_000, requestsPerTurn: 9.9 });
    expect(shedder.share).toBe(1);
  });

  it('spreads those that it lets in evenly', () => {
    const shedder = new LoadShedder(LIMITS);
    [10_000, 10_000].forEach((delayMs) => shedder.passed(crowded(delayMs)));
    const pattern = Array.from({ length: 8 }, () => shedder.isInShare());
    expect(pattern).toEqual([false, false, false, true, false, false, false, true]);
  });
});
