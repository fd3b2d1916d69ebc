import { connect, type Socket } from 'node:net';

const EVERY_MS = 1;
const ANSWER_WITHIN_MS = 15_000;

/** Asks a role whether it lives, again and again over one connection: who waits long found its event loop busy. */
export class Probe {
  private readonly socket: Socket;
  private askedAt = NaN;
  private longestMs = 0;
  private answered: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(address: string) {
    const { hostname, port } = new URL(address);
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.setNoDelay(true);
    this.socket.on('data', () => this.took());
    this.socket.on('error', () => undefined);
    this.socket.on('connect', () => this.ask());
  }

  forget(): void {
    this.longestMs = 0;
  }

  /** Longest wait since it was last forgotten, in milliseconds; that of the question under way included. */
  async worst(): Promise<number> {
    // The second answer from now on is to a question that was asked after now.
    for (let asked = 0; asked < 2; asked += 1)
      await new Promise<void>((resolve) => (this.answered = resolve));
    return this.longestMs;
  }

  end(): void {
    clearTimeout(this.timer);
    this.socket.destroy();
  }

  private ask(): void {
    this.askedAt = performance.now();
    this.socket.write('GET /health/live HTTP/1.1\r\nHost: bench\r\n\r\n');
  }

  /** The answer is short: it comes in one piece. */
  private took(): void {
    this.longestMs = Math.max(this.longestMs, performance.now() - this.askedAt);
    this.answered();
    this.timer = setTimeout(() => this.ask(), EVERY_MS);
  }
}

/** Sends these bytes over a connection of their own. Answers the status, or 0 when the connection ended without one. */
export function askRaw(address: string, text: Buffer): Promise<number> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve) => {
    let head = '';
    const socket = connect({ host: hostname, port: Number(port) });
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
    socket.on('connect', () => socket.write(text));
    socket.on('data', (chunk: Buffer) => {
      if (head === '') head = chunk.toString('latin1', 0, 12);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Number(head.slice(9, 12))));
  });
}
