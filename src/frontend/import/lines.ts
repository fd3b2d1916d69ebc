/** One line of a file, without its end. */
export interface Line {
  /** The first is 1. */
  readonly number: number;
  /** Null: longer than `MAX_LINE_LENGTH`; it was passed over. */
  readonly text: string | null;
}

/** Characters. */
export const MAX_LINE_LENGTH = 64 * 1024;
const MAX_LINE_BYTES = 4 * MAX_LINE_LENGTH;
/** What a file is judged by. */
const HEAD_BYTES = 64 * 1024;

/** The whole file cannot be taken; what was taken before it stands. */
export class UnreadableFile extends Error {
  constructor(
    readonly code: 'import too large' | 'import unreadable',
    message: string,
    /** What the answer says beside it. */
    readonly added: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

const MARKS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** By its mark, or by where the zeros of UTF-16 stand; else UTF-8, which has to hold true. Eight-bit encodings look alike: they have to be said. */
export function encodingOf(head: Buffer): string {
  const marked = MARKS.find(([, bytes]) => bytes.every((byte, place) => head[place] === byte));
  if (marked !== undefined) return marked[0];
  const zeros = [0, 0];
  for (const [place, byte] of head.entries()) if (byte === 0) zeros[place % 2] = (zeros[place % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > head.length / 8 && even <= odd / 8) return 'utf-16le';
  if (even > head.length / 8 && odd <= even / 8) return 'utf-16be';
  return 'utf-8';
}

/** Null: there is no such encoding. */
export function knownEncoding(label: string): string | null {
  try {
    return new TextDecoder(label.trim()).encoding;
  } catch {
    return null;
  }
}

export interface Lines {
  readonly encoding: string;
  /** The first lines, before any of them is taken. */
  readonly head: readonly Line[];
  /** All of them, those of the head too. */
  all(): AsyncGenerator<readonly Line[]>;
}

/**
 * Cuts a stream of bytes into lines, those of one chunk at a time. A byte order mark is no part of the text. Throws `UnreadableFile`
 * for more than `maxBytes`, and for what is not of the encoding: after all lines before it were given.
 */
export async function linesOf(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  said: string | null = null,
): Promise<Lines> {
  const iterator = chunks[Symbol.asyncIterator]();
  const begun: Buffer[] = [];
  let bytes = 0;
  const next = async (): Promise<Buffer | null> => {
    const result = await iterator.next();
    if (result.done === true) return null;
    bytes += result.value.length;
    if (bytes > maxBytes) {
      throw new UnreadableFile('import too large', `The file is larger than ${maxBytes} bytes`);
    }
    return result.value;
  };
  let ended = false;
  while (bytes < HEAD_BYTES && !ended && !Buffer.concat(begun).includes(0x0a)) {
    const chunk = await next();
    if (chunk === null) ended = true;
    else begun.push(chunk);
  }
  const head = Buffer.concat(begun);
  const cutter = new LineCutter(said ?? encodingOf(head), head);
  const first = cutter.cut(head);
  if (ended) first.push(...cutter.end());
  return {
    encoding: cutter.encoding,
    head: first,
    async *all() {
      if (first.length > 0) yield first;
      cutter.throwIfBroken();
      while (!ended) {
        const chunk = await next();
        ended = chunk === null;
        const lines = chunk === null ? cutter.end() : cutter.cut(chunk);
        if (lines.length > 0) yield lines;
        cutter.throwIfBroken();
      }
    },
  };
}

/** Node 20 and some later ones decode windows-1252 as ISO 8859-1, which has no characters in these places. */
const MARKS_OF_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function withPrintersMarks(text: string): string {
  return text.replace(/[\u0080-\u009f]/g, (mark) => MARKS_OF_1252[mark.charCodeAt(0) - 0x80] ?? mark);
}

class LineCutter {
  private readonly decoder: InstanceType<typeof TextDecoder>;
  /** Bytes of a unit, and which unit ends a line. */
  private readonly unit: 1 | 2;
  private readonly lineEnd: Buffer;
  private rest: Buffer = Buffer.alloc(0);
  private tooLong = false;
  private broken = false;
  private linesSoFar = 0;

  constructor(
    readonly encoding: string,
    head: Buffer,
  ) {
    this.decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: false });
    this.unit = encoding.startsWith('utf-16') ? 2 : 1;
    const feed = (byte: number): Buffer =>
      this.unit === 1 ? Buffer.from([byte]) : Buffer.from(encoding === 'utf-16le' ? [byte, 0] : [0, byte]);
    // Old Macintosh programs end lines with a return alone.
    this.lineEnd = !head.includes(feed(0x0a)) && head.includes(feed(0x0d)) ? feed(0x0d) : feed(0x0a);
  }

  cut(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (let from = 0; !this.broken;) {
      const at = this.findEnd(data, from);
      if (at === -1) {
        data = data.subarray(from);
        break;
      }
      const line = this.line(data.subarray(from, at));
      if (line !== null) lines.push(line);
      from = at + this.unit;
    }
    if (data.length > MAX_LINE_BYTES) {
      this.tooLong = true;
      data = data.subarray(0, 0);
    }
    this.rest = data;
    return lines;
  }

  /** The last line may lack its end. */
  end(): Line[] {
    if (this.broken || (this.rest.length === 0 && !this.tooLong)) return [];
    const line = this.line(this.rest);
    this.rest = Buffer.alloc(0);
    return line === null ? [] : [line];
  }

  throwIfBroken(): void {
    if (!this.broken) return;
    throw new UnreadableFile(
      'import unreadable',
      `The file is not ${this.encoding.toUpperCase()} after line ${this.linesSoFar}: say its encoding (windows-1252, for example)`,
      { doubtful: ['encoding'] },
    );
  }

  private findEnd(data: Buffer, from: number): number {
    let at = data.indexOf(this.lineEnd, from);
    while (at !== -1 && (at - from) % this.unit !== 0) at = data.indexOf(this.lineEnd, at + 1);
    return at;
  }

  private line(bytes: Buffer): Line | null {
    const tooLong = this.tooLong;
    this.tooLong = false;
    const text = tooLong ? null : this.decoded(bytes);
    if (this.broken) return null;
    this.linesSoFar++;
    return { number: this.linesSoFar, text: text !== null && text.length > MAX_LINE_LENGTH ? null : text };
  }

  private decoded(bytes: Buffer): string {
    try {
      const text = this.decoder.decode(bytes).replace(/\r$/, '');
      return this.encoding === 'windows-1252' ? withPrintersMarks(text) : text;
    } catch {
      this.broken = true;
      return '';
    }
  }
}
