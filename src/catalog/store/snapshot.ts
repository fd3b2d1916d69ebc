import { closeSync, fstatSync, openSync, read, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { CHECKPOINT_PAGES, type Connection } from './database.js';

const CHUNK_BYTES = 256 * 1024;
/** Whoever takes a copy so slowly keeps the log from being brought into the file. */
const LONGEST_STALL_MS = 30_000;
/** The log grows while a copy is taken. */
const MOST_LOG_BYTES = 2 ** 30;

/** The file as it was at one moment, with all that was committed by then. */
export interface Snapshot {
  readonly bytes: number;
  /** May be destroyed at any time; fails when it is read too slowly. */
  readonly content: Readable;
}

/**
 * Copies of the file of a running store. What is committed goes to the log, and the file changes only when the log is brought into it: that
 * is done once, and then put off until the copy is read, beside everything else that the process does (docs/adr/0040).
 */
export class Snapshots {
  /** Never closed before the store is: closing any descriptor of a file gives up all locks that a process has on it. */
  #descriptor: number | undefined;
  #running: Readable | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly path: string,
  ) {}

  /** Null: one is being taken. No transaction may be open. */
  take(): Snapshot | null {
    if (this.#running !== undefined) return null;
    const [result] = this.connection.pragma('wal_checkpoint(TRUNCATE)') as { readonly busy: number }[];
    if (result?.busy !== 0) throw new Error('the log could not be brought into the file');
    this.connection.pragma('wal_autocheckpoint = 0');
    this.#descriptor ??= openSync(this.path, 'r');
    const { size } = fstatSync(this.#descriptor);
    const content = this.#contentOf(this.#descriptor, size);
    this.#running = content;
    return { bytes: size, content };
  }

  /** After the connection. */
  close(): void {
    this.#running?.destroy(new Error('the catalog stops'));
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #contentOf(descriptor: number, size: number): Readable {
    let position = 0;
    const stalled = setTimeout(
      () => content.destroy(new Error(`nobody took anything for ${LONGEST_STALL_MS} ms`)),
      LONGEST_STALL_MS,
    ).unref();
    const content = new Readable({
      highWaterMark: CHUNK_BYTES,
      read: () => {
        stalled.refresh();
        if (this.#logBytes() > MOST_LOG_BYTES)
          return content.destroy(new Error('too much is written meanwhile'));
        const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size - position));
        if (chunk.length === 0) return content.push(null);
        read(descriptor, chunk, 0, chunk.length, position, (error, bytes) => {
          if (error !== null || bytes === 0)
            return content.destroy(error ?? new Error('the file is cut short'));
          position += bytes;
          content.push(chunk.subarray(0, bytes));
        });
      },
      destroy: (error, done) => {
        clearTimeout(stalled);
        this.#running = undefined;
        if (this.connection.open) this.connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
        done(error);
      },
    });
    // Whoever reads it hears of it too; there may be nobody any more.
    content.on('error', () => undefined);
    return content;
  }

  #logBytes(): number {
    return statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}
