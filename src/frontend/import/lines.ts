/** One line of a file, without its end. */
export interface Line {
  /** The first is 1. */
  readonly number: number;
  /** Null: longer than `MAX_LINE_LENGTH`; it was passed over. */
  readonly text: string | null;
}

/** Characters. */
export const MAX_LINE_LENGTH = 64 * 1024;

/** The whole file cannot be taken; what was taken before it stands. */
export class UnreadableFile extends Error {
  constructor(
    readonly code: 'import too large' | 'import unreadable',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Cuts a stream of UTF-8 into lines, those of one chunk at a time. A byte order mark at the beginning is no part of the text.
 * Throws `UnreadableFile` for more than `maxBytes`, and for what is not UTF-8.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Line[]> {
  const cutter = new LineCutter();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Buffer): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new UnreadableFile(
        'import unreadable',
        `The file is not UTF-8 (after line ${cutter.linesSoFar})`,
      );
    }
  };
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new UnreadableFile('import too large', `The file is larger than ${maxBytes} bytes`);
    }
    const lines = cutter.cut(decode(chunk));
    if (lines.length > 0) yield lines;
  }
  const rest = [...cutter.cut(decode()), ...cutter.end()];
  if (rest.length > 0) yield rest;
}

class LineCutter {
  linesSoFar = 0;
  private rest = '';
  private tooLong = false;

  cut(text: string): Line[] {
    const parts = text.split('\n');
    const last = parts.pop() ?? '';
    const lines = parts.map((part) => {
      this.extend(part);
      return this.take();
    });
    this.extend(last);
    return lines;
  }

  /** The last line may lack its end. */
  end(): Line[] {
    return this.rest === '' && !this.tooLong ? [] : [this.take()];
  }

  private extend(part: string): void {
    if (this.rest.length + part.length > MAX_LINE_LENGTH) {
      this.tooLong = true;
      this.rest = '';
    } else if (!this.tooLong) {
      this.rest += part;
    }
  }

  private take(): Line {
    const text = this.tooLong ? null : this.rest.replace(/\r$/, '');
    this.rest = '';
    this.tooLong = false;
    this.linesSoFar++;
    return { number: this.linesSoFar, text };
  }
}
