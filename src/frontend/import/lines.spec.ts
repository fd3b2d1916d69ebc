import fc from 'fast-check';
import { linesOf, MAX_LINE_LENGTH, UnreadableFile, type Line } from './lines.js';

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % Math.max(sizes.length, 1)] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
    await Promise.resolve();
  }
}
async function read(
  bytes: Buffer,
  sizes: readonly number[] = [bytes.length],
  maxBytes = 1e9,
): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const some of linesOf(inPieces(bytes, sizes), maxBytes)) lines.push(...some);
  return lines;
}

describe('linesOf', () => {
  it.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['one line', 'a', ['a']],
    ['a line with its end', 'a\n', ['a']],
    ['both kinds of ends', 'a\r\nb\nc', ['a', 'b', 'c']],
    ['empty lines', '\n\n', ['', '']],
    ['a byte order mark', '\uFEFFa\nb', ['a', 'b']],
  ])('cuts %s', async (_, text, lines) => {
    const expected = lines.map((line, index) => ({ number: index + 1, text: line }));
    await expect(read(Buffer.from(text))).resolves.toEqual(expected);
  });

  it('cuts the same wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r', ',') }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (parts, sizes) => {
          const bytes = Buffer.from(parts.join('\n'));
          expect(await read(bytes, sizes)).toEqual(await read(bytes));
        },
      ),
    );
  });

  it('passes a line by that is too long, and goes on', async () => {
    const long = 'x'.repeat(MAX_LINE_LENGTH + 1);
    const lines = await read(Buffer.from(`a\n${long}\nb\n${'x'.repeat(MAX_LINE_LENGTH)}\n${long}`), [1000]);
    expect(lines.map(({ text }) => text?.length ?? null)).toEqual([1, null, 1, MAX_LINE_LENGTH, null]);
  });

  it('refuses what is not UTF-8, and says after which line', async () => {
    const bytes = Buffer.concat([Buffer.from('a\nb\nc'), Buffer.from([0xe9]), Buffer.from('\n')]);
    await expect(read(bytes, [4])).rejects.toEqual(
      new UnreadableFile('import unreadable', 'The file is not UTF-8 (after line 2)'),
    );
    await expect(read(Buffer.from([0x61, 0xc3]))).rejects.toBeInstanceOf(UnreadableFile);
  });

  it('refuses more bytes than it may take', async () => {
    await expect(read(Buffer.alloc(11, 'a'), [5], 10)).rejects.toMatchObject({ code: 'import too large' });
    await expect(read(Buffer.alloc(10, 'a'), [5], 10)).resolves.toHaveLength(1);
  });
});
