type Mode = 'shared' | 'exclusive';

interface Waiting {
  readonly owner: object;
  readonly mode: Mode;
  readonly then: () => void;
}

/** Locks by name, held until their owner's transaction ends, given in the order asked; also who only tries waits behind those that wait. */
export class Locks {
  private readonly held = new Map<string, Map<object, Mode>>();
  private readonly queues = new Map<string, Waiting[]>();

  /** `then` is called when the lock is held: at once, or later. */
  lock(owner: object, name: string, mode: Mode, then: () => void): void {
    if (this.take(owner, name, mode)) return then();
    const queue = this.queues.get(name) ?? [];
    queue.push({ owner, mode, then });
    this.queues.set(name, queue);
  }

  tries(owner: object, name: string, mode: Mode): boolean {
    return this.take(owner, name, mode);
  }

  holds(owner: object): boolean {
    return [...this.held.values()].some((holders) => holders.has(owner));
  }

  release(owner: object): void {
    for (const queue of this.queues.values()) {
      const at = queue.findIndex((waiting) => waiting.owner === owner);
      if (at >= 0) queue.splice(at, 1);
    }
    for (const [name, holders] of this.held) {
      if (holders.delete(owner)) this.grant(name);
    }
    for (const name of this.queues.keys()) this.grant(name);
  }

  private take(owner: object, name: string, mode: Mode): boolean {
    if ((this.queues.get(name)?.length ?? 0) > 0 && this.held.get(name)?.has(owner) !== true) return false;
    if (!this.isFree(owner, name, mode)) return false;
    this.hold(owner, name, mode);
    return true;
  }

  private hold(owner: object, name: string, mode: Mode): void {
    const holders = this.held.get(name) ?? new Map<object, Mode>();
    this.held.set(name, holders);
    if (holders.get(owner) !== 'exclusive') holders.set(owner, mode);
  }

  private isFree(owner: object, name: string, mode: Mode): boolean {
    for (const [holder, heldMode] of this.held.get(name) ?? []) {
      if (holder !== owner && (mode === 'exclusive' || heldMode === 'exclusive')) return false;
    }
    return true;
  }

  private grant(name: string): void {
    const queue = this.queues.get(name) ?? [];
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (!this.isFree(next.owner, name, next.mode)) return;
      queue.shift();
      this.hold(next.owner, name, next.mode);
      next.then();
    }
    this.queues.delete(name);
  }
}
