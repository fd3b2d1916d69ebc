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
  const tookMs = performance.now() - started;
  latencies.sort((a, b) => a - b);
  return {
    perSecond: (latencies.length * 1_000) / tookMs,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    answers: latencies.length,
    failures,
  };
}
