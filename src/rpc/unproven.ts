import { type Socket } from 'node:net';
import { addressKey } from '../http/address-key.js';

/** Of all addresses together, and of one: a role opens one or two, and proves them within milliseconds. */
const MOST = 128;
const MOST_OF_ONE_ADDRESS = 32;

/**
 * Connections that have not shown yet who opened them. A new one always finds room: beyond the bounds the oldest goes, of its own address
 * or of the one that holds most, so that a stranger drives out its own and the roles of a bookstore find each other meanwhile.
 */
export class Unproven {
  /** In the order in which they came. */
  private readonly ofAddress = new Map<string, Set<Socket>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Until it closes, or what this answers is called: it has shown who opened it. */
  add(socket: Socket): () => void {
    const address = addressKey(socket.remoteAddress ?? '');
    const own = this.ofAddress.get(address) ?? new Set();
    this.ofAddress.set(address, own.add(socket));
    this.count += 1;
    const remove = (): void => this.remove(address, socket);
    socket.once('close', remove);
    if (own.size > MOST_OF_ONE_ADDRESS) this.dropOldest(address, own);
    else if (this.count > MOST) this.dropOldest(...this.largest());
    return remove;
  }

  private largest(): [string, ReadonlySet<Socket>] {
    return [...this.ofAddress].reduce((most, each) => (each[1].size > most[1].size ? each : most));
  }

  private dropOldest(address: string, sockets: ReadonlySet<Socket>): void {
    const [oldest] = sockets;
    if (oldest === undefined) return;
    this.remove(address, oldest);
    oldest.destroy();
  }

  private remove(address: string, socket: Socket): void {
    const own = this.ofAddress.get(address);
    if (own?.delete(socket) !== true) return;
    this.count -= 1;
    if (own.size === 0) this.ofAddress.delete(address);
  }
}
