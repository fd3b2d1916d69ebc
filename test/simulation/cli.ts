import { runSeed } from './run.js';
const [from = '1', count = '100', n = '3'] = process.argv.slice(2);
const t = Date.now();
const kinds = new Map<string, number[]>();
let ops = 0,
  acks = 0,
  events = 0;
for (let seed = Number(from); seed < Number(from) + Number(count); seed += 1) {
  const result = runSeed(seed, Number(n));
  ops += result.operations;
  acks += result.acknowledged;
  events += result.events;
  for (const v of result.violations.slice(0, 1)) {
    const key = v.rule + ' ' + v.text.slice(0, 150);
    kinds.set(key, [...(kinds.get(key) ?? []), seed]);
  }
}
console.log((Number(count) / (Date.now() - t)) * 1000, 'seeds/s', { ops, acks, events });
for (const [k, v] of kinds) console.log(v.length, k, v.slice(0, 5));
