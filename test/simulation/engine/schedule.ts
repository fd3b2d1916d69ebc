/** Virtual time: events in order of their time, and of their making where times are equal. */
export class Schedule {
  /** Milliseconds of true time since the run began; no process sees it. */
  now = 0;
  private made = 0;
  private readonly times: number[] = [];
  private readonly orders: number[] = [];
  private readonly actions: (() => void)[] = [];

  at(time: number, action: () => void): void {
    let child = this.actions.length;
    const order = this.made++;
    const due = time < this.now ? this.now : time;
    this.times.push(due);
    this.orders.push(order);
    this.actions.push(action);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.isBefore(due, order, parent)) break;
      this.move(parent, child);
      child = parent;
    }
    this.place(child, due, order, action);
  }

  after(delayMs: number, action: () => void): void {
    this.at(this.now + delayMs, action);
  }

  /** Takes the next event that is due at or before `until`; false when there is none, and time is then `until`. */
  step(until: number): boolean {
    if (this.actions.length === 0 || (this.times[0] as number) > until) {
      this.now = until;
      return false;
    }
    const action = this.actions[0] as () => void;
    this.now = this.times[0] as number;
    this.removeFirst();
    action();
    return true;
  }

  private removeFirst(): void {
    const due = this.times.pop() as number;
    const order = this.orders.pop() as number;
    const action = this.actions.pop() as () => void;
    const length = this.actions.length;
    if (length === 0) return;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && this.isBefore(this.times[right] as number, this.orders[right] as number, child)) {
        child = right;
      }
      if (this.isBefore(due, order, child)) break;
      this.move(child, parent);
      parent = child;
    }
    this.place(parent, due, order, action);
  }

  private isBefore(due: number, order: number, index: number): boolean {
    const other = this.times[index] as number;
    return due < other || (due === other && order < (this.orders[index] as number));
  }

  private move(from: number, to: number): void {
    this.place(to, this.times[from] as number, this.orders[from] as number, this.actions[from] as () => void);
  }

  private place(index: number, due: number, order: number, action: () => void): void {
    this.times[index] = due;
    this.orders[index] = order;
    this.actions[index] = action;
  }
}
