import { monotonic as at } from '../clocks.js';
import { FrontEndSessions, lasts, sessionKey } from './sessions.js';

const grant = (durationMs = 420, replicaId = 'r1', startNumber = 1) => ({
  replicaId,
  startNumber,
  durationMs,
});
const KEY = sessionKey('r1', 1);
/** 420 ms shortened for 5 % drift of both clocks. */
const USABLE_MS = 380;

describe('FrontEndSessions', () => {
  it('counts a grant from when it was asked for, shortened for drift', () => {
    const sessions = new FrontEndSessions();
    sessions.granted(grant(), at(100), at(150));
    expect(sessions.running(KEY, at(100 + USABLE_MS - 0.001))).toBeDefined();
    expect(sessions.running(KEY, at(100 + USABLE_MS))).toBeUndefined();
  });

  it('takes no grant that comes after its end, and none whose duration is no number', () => {
    const sessions = new FrontEndSessions();
    sessions.granted(grant(), at(100), at(100 + USABLE_MS));
    sessions.granted(grant(Number.NaN), at(100), at(101));
    expect(sessions.running(KEY, at(100))).toBeUndefined();
    expect(sessions.latestGeneration).toBe(0);
  });

  it('is the same run while it is renewed in time, also by grants out of order', () => {
    const sessions = new FrontEndSessions();
    sessions.granted(grant(), at(0), at(10));
    const run = sessions.running(KEY, at(10));
    sessions.granted(grant(), at(250), at(300));
    sessions.granted(grant(), at(125), at(310));
    expect(sessions.running(KEY, at(600))).toBe(run);
    expect(run && lasts(run, at(250 + USABLE_MS - 1))).toBe(true);
    expect(run && lasts(run, at(250 + USABLE_MS))).toBe(false);
  });

  it('begins anew after it lapsed, though nobody looked in between', () => {
    const sessions = new FrontEndSessions();
    sessions.granted(grant(), at(0), at(10));
    const first = sessions.running(KEY, at(10));
    sessions.granted(grant(), at(USABLE_MS - 10), at(USABLE_MS));
    const second = sessions.running(KEY, at(USABLE_MS));
    expect(second?.generation).toBeGreaterThan(first?.generation ?? Infinity);
    expect(first && lasts(first, at(USABLE_MS))).toBe(false);
  });

  it('takes another start number for another session', () => {
    const sessions = new FrontEndSessions();
    sessions.granted(grant(420, 'r1', 1), at(0), at(1));
    expect(sessions.running(sessionKey('r1', 2), at(1))).toBeUndefined();
    sessions.granted(grant(420, 'r1', 2), at(0), at(2));
    expect(sessions.running(sessionKey('r1', 2), at(2))).not.toBe(sessions.running(KEY, at(2)));
    expect(sessions.count(at(2))).toBe(2);
  });

  it('drops everything when the wall clock shows that the machine was suspended, grants under way as well', () => {
    const sessions = new FrontEndSessions();
    expect(sessions.watchClocks(at(0), 1_000_000)).toBe(false);
    sessions.granted(grant(), at(0), at(10));
    expect(sessions.watchClocks(at(20), 1_000_030)).toBe(false);
    expect(sessions.watchClocks(at(30), 1_009_000)).toBe(true);
    expect(sessions.running(KEY, at(30))).toBeUndefined();
    sessions.granted(grant(), at(20), at(31));
    expect(sessions.running(KEY, at(31))).toBeUndefined();
    sessions.granted(grant(), at(32), at(33));
    expect(sessions.running(KEY, at(33))).toBeDefined();
  });

  it('takes no grant after the end', () => {
    const sessions = new FrontEndSessions();
    sessions.granted(grant(), at(0), at(1));
    const run = sessions.running(KEY, at(1));
    sessions.end(at(2));
    sessions.granted(grant(), at(3), at(4));
    expect(run && lasts(run, at(2))).toBe(false);
    expect(sessions.running(KEY, at(4))).toBeUndefined();
  });

  it('keeps no lapsed sessions of replicas that are gone', () => {
    const sessions = new FrontEndSessions();
    for (let i = 0; i < 50; i++) sessions.granted(grant(420, `r${i}`), at(i * 1000), at(i * 1000 + 1));
    expect(sessions.count(at(49_001))).toBe(1);
  });
});
