import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CpuProfile, timeByKind } from './profile.js';

describe('the time of a profile by kind', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bazar-profile-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const bundle = join(folder, 'chunk.js');
  writeFileSync(
    bundle,
    [
      '//#region src/order/a.ts',
      'own();',
      '// node_modules/fastify/b.js',
      'others();',
      '//#region src/catalog/store/c.ts',
    ].join('\n'),
  );
  const url = pathToFileURL(bundle).href;

  /** Frames under each other, the last of which is sampled for 10 us. */
  const under = (
    ...frames: readonly (readonly [name: string, url: string, line?: number])[]
  ): CpuProfile => ({
    nodes: [['(root)', ''] as const, ...frames].map(([functionName, place, lineNumber = 0], id, all) => ({
      id,
      callFrame: { functionName, url: place, lineNumber },
      ...(id + 1 < all.length && { children: [id + 1] }),
    })),
    samples: [frames.length],
    timeDeltas: [10],
  });

  it.each([
    [under(['own', url, 1]), 'Bazar’s own code'],
    [under(['others', url, 3]), 'Nest, Fastify and other packages'],
    [under(['emit', 'node:events']), 'Node: HTTP, streams, timers, promises'],
    [under(['doWrite', 'node:net'], ['writev', '']), 'handing bytes to connections (system calls)'],
    [under(['commit', url, 5], ['run', '']), 'SQLite: statements and commits'],
    [under(['own', url, 1], ['stringify', '']), 'the event loop and other native code'],
    [under(['(program)', '']), 'the event loop and other native code'],
    [under(['(garbage collector)', '']), 'collecting garbage'],
  ])('knows what a sample is of: %#', (profile, kind) => {
    expect([...timeByKind(profile)]).toEqual([[kind, 10]]);
  });

  it('leaves out what waits', () => {
    expect([...timeByKind(under(['(idle)', '']))]).toEqual([]);
  });
});
