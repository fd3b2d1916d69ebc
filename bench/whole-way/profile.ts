import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What V8 makes (`Profiler.stop`): where the main thread was at each sample. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
    readonly children?: readonly number[];
  }[];
  readonly samples?: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas?: readonly number[];
}

/** What the main thread did. */
export const KINDS = [
  'handing bytes to connections (system calls)',
  'SQLite: statements and commits',
  'Node: HTTP, streams, timers, promises',
  'Nest, Fastify and other packages',
  'Bazar’s own code',
  'collecting garbage',
  'the event loop and other native code',
] as const;
export type Kind = (typeof KINDS)[number];

const SENDS = /^(?:write(?:v|String|Buffer|Latin1String|Utf8String|AsciiString|Ucs2String)|shutdown)$/;
/** In the bundle, each source begins with its name. */
const SOURCE = /^\s*\/\/(?:#region)? (\S+\.(?:[cm]?js|ts))$/;

/** Microseconds for each kind; those in which it waited are none of them. */
export function timeByKind({ nodes, samples = [], timeDeltas = [] }: CpuProfile): Map<Kind, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const kinds = new Map<number, Kind | null>();
  const kindOf = (id: number): Kind | null => {
    const { functionName, url, lineNumber } = byId.get(id)?.callFrame ?? NOWHERE;
    if (functionName === '(idle)' || functionName === '(root)') return null;
    if (functionName === '(garbage collector)') return 'collecting garbage';
    if (functionName === '(program)') return 'the event loop and other native code';
    if (url === '') {
      if (SENDS.test(functionName)) return 'handing bytes to connections (system calls)';
      const caller = byId.get(parents.get(id) ?? -1)?.callFrame ?? NOWHERE;
      return /better-sqlite3|\/store\//.test(sourceOf(caller))
        ? 'SQLite: statements and commits'
        : 'the event loop and other native code';
    }
    if (url.startsWith('node:')) return 'Node: HTTP, streams, timers, promises';
    const isOthers = sourceOf({ url, lineNumber }).includes('node_modules/');
    return isOthers ? 'Nest, Fastify and other packages' : 'Bazar’s own code';
  };
  const times = new Map<Kind, number>();
  for (const [at, id] of samples.entries()) {
    if (!kinds.has(id)) kinds.set(id, kindOf(id));
    const kind = kinds.get(id) ?? null;
    if (kind !== null) times.set(kind, (times.get(kind) ?? 0) + (timeDeltas[at] ?? 0));
  }
  return times;
}

const NOWHERE = { functionName: '', url: '', lineNumber: 0 };
const sources = new Map<string, readonly { readonly line: number; readonly name: string }[]>();

/** The file that a place in the program was before it was bundled. */
function sourceOf({ url, lineNumber }: { readonly url: string; readonly lineNumber: number }): string {
  if (!url.startsWith('file:')) return url;
  let marks = sources.get(url);
  if (marks === undefined) {
    const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
    marks = lines.flatMap((text, line) => {
      const name = SOURCE.exec(text)?.[1];
      return name === undefined ? [] : [{ line, name }];
    });
    sources.set(url, marks);
  }
  return marks.findLast(({ line }) => line <= lineNumber)?.name ?? url;
}
