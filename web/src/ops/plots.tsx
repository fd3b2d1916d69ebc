import { Plot } from './plot.js';
import { type Point, type Rates } from './rates.js';
import { type ClusterSnapshot } from './types.js';

/** As many colours as can be told apart; further front-ends begin anew. */
const COLOURS = ['series-1', 'series-2', 'series-3', 'series-4'] as const;

/** Requests, latency, failures and cache hits of every front-end over the last minutes. */
export function Plots({ snapshot, points }: { snapshot: ClusterSnapshot; points: readonly Point[] }) {
  const { frontEnds } = snapshot;
  const key = frontEnds.map(({ address }) => address).join();
  const lines = (read: (rates: Rates) => number | null) =>
    frontEnds.map(({ address }, index) => ({
      name: frontEnds.length === 1 ? 'front-end' : `front-end ${index + 1}`,
      colour: COLOURS[index % COLOURS.length] ?? 'series-1',
      of: ({ rates }: Point) => {
        const own = rates.get(address);
        return own === undefined ? null : read(own);
      },
    }));
  const halfWithin = lines((rates) => rates.p50Ms).map((line) => ({
    ...line,
    name: `${line.name}, half`,
    dashed: true,
  }));
  return (
    <div class="plots" key={key}>
      <Plot
        title="Requests"
        unit="a second"
        points={points}
        lines={lines((rates) => rates.answersPerSecond)}
      />
      <Plot
        title="Latency"
        unit="ms, within which 99 % and half were answered"
        points={points}
        lines={[...lines((rates) => rates.p99Ms), ...halfWithin]}
      />
      <Plot
        title="Failures"
        unit="answers of 500 and up, a second"
        points={points}
        lines={lines((rates) => rates.errorsPerSecond)}
      />
      <Plot
        title="Cache hits"
        unit="% of reads"
        top={100}
        points={points}
        lines={lines((rates) => rates.hitPercent)}
      />
    </div>
  );
}
