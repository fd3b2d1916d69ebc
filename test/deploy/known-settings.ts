import 'reflect-metadata';
import { readFileSync } from 'node:fs';

const EXAMPLE = new URL('../../.env.example', import.meta.url);

/** Every setting that some role reads: `.env.example` lists them all. */
export const knownSettings: ReadonlySet<string> = new Set(
  [...readFileSync(EXAMPLE, 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name ?? ''),
);
