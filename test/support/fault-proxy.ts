import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export type Fault =
  /** Every byte comes later, in order. */
  | { readonly kind: 'delay'; readonly byMs: number }
  /** A black hole: bytes and connections get nowhere, nobody is told, and what was sent arrives when it is mended. */
  | { readonly kind: 'drop' }
  /** The first half of an answer arrives, then the connection is reset. */
  | { readonly kind: 'reset mid-answer' }
  /** As after a crash of the other machine: this end is never told, and new connections are taken and never answered. */
  | { readonly kind: 'half-open' };

/** What was sent before a reset is read before it: together they look like an end in good order. */
const RESET_AFTER_MS = 20;

/** A way to one TCP port that can be broken in the ways that networks and machines break. */
export class FaultProxy {
  private readonly lines = new Set<Line>();
  private fault: Fault | null = null;
  private targetPort: number | undefined;

  private constructor(private readonly server: Server) {
    server.on('connection', (near) => this.join(near));
  }

  /** On a free port of `host`. It has to be told where it leads to before it is used. */
  static async open(host = '127.0.0.1'): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return new FaultProxy(server);
  }

  get address(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  leadTo(targetPort: number): this {
    this.targetPort = targetPort;
    return this;
  }

  break(fault: Fault): void {
    this.fault = fault;
    for (const line of this.lines) line.suffer(fault);
  }

  mend(): void {
    this.fault = null;
    for (const line of this.lines) line.suffer(null);
  }

  close(): void {
    for (const line of [...this.lines]) line.end();
    this.server.close();
  }

  private join(near: Socket): void {
    if (this.targetPort === undefined) throw new Error('the proxy leads nowhere yet');
    const far = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const line: Line = new Line(near, far, () => this.lines.delete(line));
    this.lines.add(line);
    line.suffer(this.fault);
  }
}

/** One connection through the proxy. */
class Line {
  private fault: Fault | null = null;
  private broken = false;
  private readonly there: Direction;
  private readonly back: Direction;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    private readonly ended: () => void,
  ) {
    this.there = new Direction(near, far);
    this.back = new Direction(far, near, (chunk) => this.resetWithin(chunk));
    for (const socket of [near, far]) {
      // `close` follows.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (this.fault?.kind !== 'drop' && this.fault?.kind !== 'half-open') this.end();
      });
    }
  }

  suffer(fault: Fault | null): void {
    this.fault = fault;
    if (fault?.kind === 'half-open') {
      this.broken = true;
      this.far.destroy();
    } else if (fault?.kind !== 'drop' && (this.broken || this.near.destroyed || this.far.destroyed)) {
      return this.end();
    }
    for (const direction of [this.there, this.back]) direction.suffer(fault);
  }

  end(): void {
    this.there.stop();
    this.back.stop();
    // What a machine that has come back answers to a connection that it does not know.
    if (this.broken && !this.near.destroyed) this.near.resetAndDestroy();
    this.near.destroy();
    this.far.destroy();
    this.ended();
  }

  /** Whether it took care of the chunk. */
  private resetWithin(chunk: Buffer): boolean {
    if (this.fault?.kind !== 'reset mid-answer') return false;
    this.broken = true;
    this.near.write(chunk.subarray(0, chunk.length >> 1));
    setTimeout(() => this.end(), RESET_AFTER_MS);
    return true;
  }
}

/** Bytes on their way from one socket to the other. A sender is stopped while they get nowhere. */
class Direction {
  private readonly waiting: { readonly dueAt: number; readonly chunk: Buffer | null }[] = [];
  private delayMs = 0;
  private timer: NodeJS.Timeout | undefined;
  private stuck = false;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly intercept: (chunk: Buffer) => boolean = () => false,
  ) {
    from.on('data', (chunk: Buffer) => this.take(chunk));
    from.on('end', () => this.take(null));
  }

  suffer(fault: Fault | null): void {
    this.stuck = fault?.kind === 'drop' || fault?.kind === 'half-open';
    this.delayMs = fault?.kind === 'delay' ? fault.byMs : 0;
    if (this.stuck) this.from.pause();
    else this.from.resume();
    this.deliver();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  /** Null: the sender has ended. */
  private take(chunk: Buffer | null): void {
    this.waiting.push({ dueAt: performance.now() + this.delayMs, chunk });
    this.deliver();
  }

  private deliver(): void {
    clearTimeout(this.timer);
    while (!this.stuck) {
      const [next] = this.waiting;
      if (next === undefined) return;
      const leftMs = next.dueAt - performance.now();
      if (leftMs > 0) {
        this.timer = setTimeout(() => this.deliver(), Math.ceil(leftMs));
        return;
      }
      this.waiting.shift();
      if (next.chunk === null) this.to.end();
      else if (!this.intercept(next.chunk)) this.to.write(next.chunk);
    }
  }
}
