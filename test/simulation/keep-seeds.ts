import { writeFileSync } from 'node:fs';
import { KEPT_SEEDS, type KeptSeed } from './kept-seeds.js';
import { SHOWN, shows, type AnyRule, type Grounds } from './mutations.js';

/** Numbers of replicas that seeds are tried with, in turn: three meet most of it. */
const REPLICAS = [3, 5, 3, 2];
const SOURCE = 'test/simulation/kept-seeds.ts';

/** Keeps what still shows its rule to matter, and looks for another seed where it does not, among `seeds` of them. */
export function keepSeeds(from: number, seeds: number): void {
  const kept = new Map<string, KeptSeed>();
  let missing = 0;
  for (const [rule, how] of Object.entries(SHOWN) as [AnyRule, (typeof SHOWN)[AnyRule]][]) {
    if (how.grounds === null) continue;
    const before = KEPT_SEEDS[rule];
    const stands = before !== undefined && shows(rule, how.grounds, before);
    const found = stands ? before : hunt(rule, how.grounds, from, seeds);
    if (found === null) missing++;
    if (!stands) console.log(`${rule}: ${found === null ? 'none found' : JSON.stringify(found)}`);
    const entry = found ?? before;
    if (entry !== undefined) kept.set(rule, entry);
  }
  writeFileSync(SOURCE, sourceOf(kept));
  process.exitCode = missing === 0 ? 0 : 1;
}

function hunt(rule: AnyRule, grounds: Grounds, from: number, seeds: number): KeptSeed | null {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const isPair = grounds.policy !== undefined && grounds.policy !== 'majority';
    const replicas = isPair ? 2 : (REPLICAS[seed % REPLICAS.length] as number);
    if (shows(rule, grounds, { seed, replicas })) return { seed, replicas };
  }
  return null;
}

function sourceOf(kept: ReadonlyMap<string, KeptSeed>): string {
  const lines = [...kept].map(([rule, { seed, replicas }]) => {
    const key = /^\w+$/.test(rule) ? rule : `'${rule}'`;
    return `  ${key}: { seed: ${seed}, replicas: ${replicas} },`;
  });
  return `${HEAD}${lines.join('\n')}\n};\n`;
}

const HEAD = `/** Written by \`npm run sim -- --keep\`: for each rule that chance shows to matter a run that breaks a promise without it. */
export interface KeptSeed {
  readonly seed: number;
  readonly replicas: number;
}

export const KEPT_SEEDS: Readonly<Record<string, KeptSeed>> = {
`;
