import { connect, type Socket } from 'node:net';

/** One request and what became of it. */
export interface Sample {
  /** When it was to be sent, and when it was answered, in milliseconds from the start of the load. */
  readonly dueMs: number;
  readonly answeredMs: number;
  /** 0: there was no answer within the time that a buyer waits, or nobody to ask. */
  readonly status: number;
}

export interface Phase {
  readonly perSecond: number;
  readonly seconds: number;
}

const TICK_MS = 1;
/** So long a buyer waits for the answer. */
const PATIENCE_MS = 5_000;
/** Buyers that wait at the same time; one more than that does not get a connection. */
const MOST_BUYERS = 2_000;
/** Buyers come from so many addresses of this machine. */
const SOURCES = 16;

/**
 * Requests at a given rate, whether or not those before are answered (an open loop: Schroeder and others, "Open Versus Closed", 2006),
 * over bare sockets, since the load shares the machine's cores with what it loads.
 */
export class OpenLoop {
  readonly samples: Sample[] = [];
  private readonly idle = new Map<string, Connection[]>();
  private waiting = 0;
  private turn = 0;
  private startedAt = 0;

  constructor(
    private readonly addresses: readonly string[],
    private readonly pathOf: () => string,
  ) {}

  async run(phases: readonly Phase[]): Promise<void> {
    this.startedAt = performance.now();
    let dueMs = 0;
    let endMs = 0;
    for (const { perSecond, seconds } of phases) {
      endMs += seconds * 1_000;
      while (dueMs < endMs) {
        for (; dueMs < Math.min(this.nowMs(), endMs); dueMs += 1_000 / perSecond) this.send(dueMs);
        await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      }
    }
    while (this.waiting > 0) await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    for (const connections of this.idle.values()) for (const each of connections) each.close();
  }

  private nowMs(): number {
    return performance.now() - this.startedAt;
  }

  private send(dueMs: number): void {
    this.turn += 1;
    const address = this.addresses[this.turn % this.addresses.length] ?? '';
    if (this.waiting >= MOST_BUYERS) {
      this.samples.push({ dueMs, answeredMs: dueMs, status: 0 });
      return;
    }
    this.waiting += 1;
    const own = this.idle.get(address) ?? [];
    this.idle.set(address, own);
    const connection = own.pop() ?? new Connection(address, `127.0.0.${2 + (this.turn % SOURCES)}`);
    connection.ask(`PUT ${this.pathOf()} HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\n\r\n`, (status) => {
      this.waiting -= 1;
      this.samples.push({ dueMs, answeredMs: this.nowMs(), status });
      if (connection.isOpen) own.push(connection);
    });
  }
}

/** One request at a time; it is closed when an answer does not come. */
class Connection {
  isOpen = true;
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;
  private received = '';
  private answered: ((status: number) => void) | undefined;

  constructor(address: string, localAddress: string) {
    const { hostname, port } = new URL(address);
    this.socket = connect({ host: hostname, port: Number(port), localAddress });
    this.socket.setNoDelay(true);
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => this.take(text));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => this.closed());
    this.timer = setTimeout(() => this.close(), PATIENCE_MS);
  }

  ask(request: string, answered: (status: number) => void): void {
    this.answered = answered;
    this.received = '';
    this.timer.refresh();
    this.socket.write(request);
  }

  close(): void {
    this.socket.destroy();
    this.closed();
  }

  private take(text: string): void {
    this.received += text;
    if (!isWhole(this.received)) return;
    if (/^connection: close/im.test(this.received)) this.isOpen = false;
    const { answered, received } = this;
    this.answered = undefined;
    if (!this.isOpen) this.close();
    answered?.(Number(received.slice(9, 12)));
  }

  private closed(): void {
    this.isOpen = false;
    clearTimeout(this.timer);
    const { answered } = this;
    this.answered = undefined;
    answered?.(0);
  }
}

/** An HTTP/1.1 answer, its body included. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = text.slice(0, end);
  const length = /^content-length: *(\d+)/im.exec(head)?.[1];
  if (length !== undefined) return text.length >= end + 4 + Number(length);
  return !/^transfer-encoding: *chunked/im.test(head) || text.endsWith('0\r\n\r\n');
}
