import { quantile } from './figures.js';
import { type Load } from './run.js';

/**
 * So many clients in this process, each of which does the next thing when the last one is done. `act` says whether it went well;
 * what it throws ends the run.
 */
export async function clients(
  count: number,
  seconds: number,
  act: (client: number) => Promise<boolean>,
): Promise<Load> {
  const latencies: number[] = [];
  let failures = 0;
  const started = performance.now();
  const client = async (_: unknown, index: number): Promise<void> => {
    while (performance.now() - started < seconds * 1_000) {
      const before = performance.now();
      if (!(await act(index))) failures += 1;
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: count }, client));
  return loadOf(latencies, performance.now() - started, failures);
}

/** Of answers that all together took `tookMs`. */
export function loadOf(latencies: readonly number[], tookMs: number, failures: number): Load {
  const sorted = [...latencies].sort((a, b) => a - b);
  return {
    perSecond: (sorted.length * 1_000) / tookMs,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    answers: sorted.length,
    failures,
  };
}
