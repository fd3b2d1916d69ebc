import { type ChildProcess } from 'node:child_process';
import { until } from './until.js';

/** What a process writes, to be waited for. */
export class OutputOf {
  text = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
    }
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  }

  /** The first match in what was written so far, or will be. */
  async shows(pattern: RegExp, withinMs = 60_000): Promise<RegExpExecArray> {
    try {
      return await until(String(pattern), () => pattern.exec(this.text), withinMs);
    } catch (error) {
      throw new Error(`${String(error)}\nIt wrote:\n${this.text}`, { cause: error });
    }
  }
}
