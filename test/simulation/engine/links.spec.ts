import { Links, type LinkFaults, type Parcel } from './links.js';
import { Prng } from './prng.js';
import { Schedule } from './schedule.js';

const PERFECT: LinkFaults = {
  delayMs: 1,
  lossProbability: 0,
  repeatProbability: 0,
  straggleProbability: 0,
  straggleMs: 0,
};

function network(faults: Partial<LinkFaults> = {}) {
  const schedule = new Schedule();
  const arrived: string[] = [];
  const lost: string[] = [];
  const links = new Links(schedule, new Prng(1), { ...PERFECT, ...faults }, ({ from }) => lost.push(from));
  const send = (from: string, to = 'B', mayRepeat = true): void => {
    const content = { kind: 'refused', ask: { kind: 'search', text: '', by: 'topic' } } as const;
    const parcel: Parcel = {
      from,
      to,
      content,
      mayRepeat,
      leaves: schedule.now,
      deliver: () => arrived.push(from),
    };
    links.send(parcel);
  };
  const runUntil = (time: number): void => {
    while (schedule.step(time));
  };
  return { links, send, runUntil, arrived, lost };
}

describe('links', () => {
  it('deliver late and in any order', () => {
    const { send, runUntil, arrived, lost } = network({ delayMs: 10 });
    for (let i = 0; i < 50; i += 1) send(`${i}`);
    expect(arrived).toEqual([]);
    runUntil(1_000);
    expect(arrived).toHaveLength(50);
    expect(arrived).not.toEqual([...arrived].sort((a, b) => Number(a) - Number(b)));
    expect(lost).toEqual([]);
  });

  it('lose and repeat what they are told to', () => {
    const losing = network({ lossProbability: 0.5 });
    const repeating = network({ repeatProbability: 0.5 });
    const requests = network({ repeatProbability: 0.5 });
    for (let i = 0; i < 100; i += 1) {
      losing.send('A');
      repeating.send('A');
      requests.send('A', 'B', false);
    }
    for (const { runUntil } of [losing, repeating, requests]) runUntil(1_000);
    expect(losing.arrived.length + losing.lost.length).toBe(100);
    expect(losing.lost.length).toBeGreaterThan(20);
    expect(repeating.arrived.length).toBeGreaterThan(120);
    expect(requests.arrived).toHaveLength(100);
  });

  it('lose everything one way where they are cut', () => {
    const { links, send, runUntil, arrived, lost } = network();
    links.cutLink('A', 'B');
    send('A');
    send('B', 'A');
    links.mendLink('A', 'B');
    send('A');
    runUntil(1_000);
    expect([arrived.sort(), lost]).toEqual([['A', 'B'], ['A']]);
  });

  it('hold back what they are stalled with', () => {
    const { links, send, runUntil, arrived } = network();
    links.stallLink('A', 'B');
    send('A');
    runUntil(1_000);
    expect(arrived).toEqual([]);
    links.mendAll();
    runUntil(2_000);
    expect(arrived).toEqual(['A']);
  });

  it('do as a script says', () => {
    const { links, send, runUntil, arrived, lost } = network();
    links.script = ({ from }) => (from === 'A' ? 'drop' : from === 'B' ? { delayMs: 500 } : null);
    for (const from of ['A', 'B', 'C']) send(from);
    runUntil(400);
    expect([arrived, lost]).toEqual([['C'], ['A']]);
    runUntil(600);
    expect(arrived).toEqual(['C', 'B']);
  });
});
