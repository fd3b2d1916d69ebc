import fc from 'fast-check';
import { knownEncoding, linesOf, MAX_LINE_LENGTH, UnreadableFile, type Line } from './lines.js';

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
  encoding: string | null = null,
): Promise<Line[]> {
  const lines: Line[] = [];
  const file = await linesOf(inPieces(bytes, sizes), maxBytes, encoding);
  for await (const some of file.all()) lines.push(...some);
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
    ['returns alone', 'a\rb\r', ['a', 'b']],
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
    await expect(read(bytes, [4])).rejects.toMatchObject({
      code: 'import unreadable',
      message: expect.stringContaining('not UTF-8 after line 2'),
      added: { doubtful: ['encoding'] },
    });
    await expect(read(Buffer.from([0x61, 0xc3]))).rejects.toBeInstanceOf(UnreadableFile);
  });

  it('gives every line before the one that is not UTF-8', async () => {
    const good = Array.from({ length: 9_000 }, (_, index) => `line ${index}`);
    const bytes = Buffer.concat([
      Buffer.from(`${good.join('\n')}\nd`),
      Buffer.from([0xe9]),
      Buffer.from('\n'),
    ]);
    const taken: Line[] = [];
    const file = await linesOf(inPieces(bytes, [10_000]), 1e9);
    await expect(
      (async () => {
        for await (const some of file.all()) taken.push(...some);
      })(),
    ).rejects.toMatchObject({ message: expect.stringContaining('after line 9000') });
    expect(taken.map(({ text }) => text)).toEqual(good);
  });

  const TEXT = 'titre;été\nÉcole;“é”\n';
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  it.each<[string, Buffer, string]>([
    ['utf-8', Buffer.from(TEXT), 'utf-8'],
    ['UTF-16LE with its mark', utf16(`\ufeff${TEXT}`), 'utf-16le'],
    ['UTF-16BE with its mark', utf16(`\ufeff${TEXT}`).swap16(), 'utf-16be'],
    ['UTF-16LE', utf16(TEXT), 'utf-16le'],
    ['UTF-16BE', utf16(TEXT).swap16(), 'utf-16be'],
  ])('finds out %s', async (_, bytes, encoding) => {
    for (const size of [3, 1_000]) {
      expect((await linesOf(inPieces(bytes, [size]), 1e9)).encoding).toBe(encoding);
      expect((await read(bytes, [size])).map(({ text }) => text)).toEqual(['titre;été', 'École;“é”']);
    }
  });

  it('reads what is said', async () => {
    const bytes = Buffer.from('t\xe9\x93\n', 'latin1');
    expect(await read(bytes, [2], 1e9, 'windows-1252')).toEqual([{ number: 1, text: 'té“' }]);
    expect(['latin1', ' UTF-8', 'utf-16', 'shift_jis', 'nonsense', ''].map(knownEncoding)).toEqual([
      'windows-1252',
      'utf-8',
      'utf-16le',
      'shift_jis',
      null,
      null,
    ]);
  });

  it('refuses more bytes than it may take', async () => {
    await expect(read(Buffer.alloc(11, 'a'), [5], 10)).rejects.toMatchObject({ code: 'import too large' });
    await expect(read(Buffer.alloc(10, 'a'), [5], 10)).resolves.toHaveLength(1);
  });
});
