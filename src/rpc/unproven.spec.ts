import { EventEmitter } from 'node:events';
import { type Socket } from 'node:net';
import { Unproven } from './unproven.js';

class FakeSocket extends EventEmitter {
  destroyed = false;

  constructor(readonly remoteAddress: string) {
    super();
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('Unproven', () => {
  let unproven: Unproven;

  beforeEach(() => (unproven = new Unproven()));

  const open = (address: string, count: number): FakeSocket[] =>
    Array.from({ length: count }, () => {
      const socket = new FakeSocket(address);
      unproven.add(socket as unknown as Socket);
      return socket;
    });
  const left = (sockets: readonly FakeSocket[]): number =>
    sockets.filter(({ destroyed }) => !destroyed).length;

  it('drives out the oldest of an address that opens too many', () => {
    const others = open('192.0.2.1', 10);
    const many = open('192.0.2.2', 33);
    expect([left(others), left(many), many[0]?.destroyed]).toEqual([10, 32, true]);
    expect(unproven.size).toBe(42);
  });

  it('takes a /64 for one address', () => {
    expect(left([...open('2001:db8::1', 20), ...open('2001:db8::2', 20)])).toBe(32);
  });

  it('takes from the address that holds most when all together are too many', () => {
    const few = Array.from({ length: 20 }, (_, at) => open(`192.0.2.${at}`, 5)).flat();
    const most = open('198.51.100.1', 28);
    const role = open('203.0.113.1', 2);
    expect([left(few), left(most), left(role)]).toEqual([100, 26, 2]);
    expect(unproven.size).toBe(128);
  });

  it('forgets those that have closed or shown who they are', () => {
    for (const socket of open('192.0.2.1', 3)) socket.destroy();
    const proven = new FakeSocket('192.0.2.1');
    unproven.add(proven as unknown as Socket)();
    proven.destroy();
    expect(unproven.size).toBe(0);
  });
});
