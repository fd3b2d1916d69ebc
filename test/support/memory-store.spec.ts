import { type Ballot } from '../../src/core/replication/types.js';
import { MemoryStore } from './memory-store.js';

const ballot = (round: number): Ballot => ({ round, replicaId: 'replica-a', startNumber: 1 });

describe('MemoryStore', () => {
  let completions: ((error?: Error) => void)[];
  let store: MemoryStore;
  let ended: string[];

  beforeEach(() => {
    completions = [];
    ended = [];
    store = new MemoryStore((complete) => completions.push(complete));
  });

  const sync = (name: string): void =>
    store.sync((error) => ended.push(error === undefined ? name : `${name}: ${error.message}`));

  it('makes durable what was written before the sync was asked for, not before it ended', () => {
    store.savePromised(1, ballot(1));
    sync('a');
    store.savePromised(1, ballot(2));
    completions[0]?.();
    store.crash();
    expect(ended).toEqual(['a']);
    expect(store.record(1)?.promised).toEqual(ballot(1));
  });

  it('runs one sync at a time; those asked for meanwhile share the next', () => {
    store.savePromised(1, ballot(1));
    sync('a');
    sync('b');
    store.savePromised(2, ballot(1));
    sync('c');
    expect(completions).toHaveLength(1);
    completions[0]?.();
    expect(ended).toEqual(['a']);
    completions[1]?.();
    expect(ended).toEqual(['a', 'b', 'c']);
    expect(store.syncs).toBe(2);
  });

  it('drops syncs that were under way when it crashed', () => {
    store.savePromised(1, ballot(1));
    sync('a');
    store.crash();
    completions[0]?.();
    expect(ended).toEqual([]);
    expect(store.record(1)).toBeUndefined();
  });

  it('may have made a sync durable whose end nobody heard of', () => {
    store.savePromised(1, ballot(1));
    sync('a');
    store.savePromised(2, ballot(1));
    store.crash('made it');
    expect(ended).toEqual([]);
    expect([store.record(1)?.promised, store.record(2)]).toEqual([ballot(1), undefined]);
  });

  it('fails every call after a failed sync until it is recovered', () => {
    store.savePromised(1, ballot(1));
    sync('a');
    sync('b');
    completions[0]?.(new Error('disk full'));
    expect(ended).toEqual(['a: disk full', 'b: disk full']);
    expect(() => store.record(1)).toThrow('disk full');
    store.recover();
    expect(store.record(1)).toBeUndefined();
    store.savePromised(1, ballot(2));
    sync('c');
    completions[1]?.();
    expect(ended.at(-1)).toBe('c');
  });

  it('forgets everything when wiped', () => {
    store.savePromised(1, ballot(1));
    sync('a');
    completions[0]?.();
    store.wipe();
    expect(store.recordIds()).toEqual([0]);
    store.savePromised(2, ballot(1));
    store.crash();
    expect(store.recordIds()).toEqual([0]);
  });
});
