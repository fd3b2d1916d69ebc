import { formatShort } from '../books/money.js';
import { type Box } from './layout.js';
import { hostOf, type Named } from './names.js';
import { type Rates } from './rates.js';
import { type CatalogStatus, type ClusterSnapshot } from './types.js';
import { type Condition, CONDITION_WORDS, conditionOf, lags, type View } from './views.js';

interface ProcessNodeProps {
  readonly process: Named;
  readonly snapshot: ClusterSnapshot;
  readonly rates: Rates | undefined;
  readonly views: readonly View[];
  readonly box: Box;
  readonly narrow: boolean;
  readonly chosen: boolean;
  readonly choose: () => void;
}

/** Beside the note, where a card is narrow. */
const LEAST_WIDTH_OF_DOTS = 150;

/** One process as a card of the picture, with a dot for everybody who sees it. */
export function ProcessNode(props: ProcessNodeProps) {
  const { process, snapshot, rates, views, box, narrow, chosen, choose } = props;
  const condition = conditionOf(snapshot, process.seen);
  const isSelf = process.seen.address === snapshot.self;
  const [figure, unit] = figureOf(process, rates);
  const note = condition === 'well' ? noteOf(process, snapshot, rates) : CONDITION_WORDS[condition];
  return (
    <g
      class={`node node-${toneOf(condition)} ${chosen ? 'node-chosen' : ''}`}
      transform={`translate(${box.x} ${box.y})`}
      role="button"
      tabindex={0}
      aria-pressed={chosen}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        choose();
      }}
    >
      <rect class="node-card" width={box.width} height={box.height} rx="12" />
      <circle class="node-pulse" cx="20" cy="24" r="6" />
      <circle class="node-dot" cx="20" cy="24" r="6" />
      <text class="node-name" x="34" y="29">
        {process.name}
        {isSelf && !narrow && <tspan class="node-self"> · this one</tspan>}
      </text>
      <text class="node-figure" x="14" y={narrow ? 54 : 60}>
        {figure}
        {!narrow && <tspan class="node-unit"> {unit}</tspan>}
      </text>
      {narrow && (
        <text class="node-unit" x="14" y="69">
          {unit}
        </text>
      )}
      <text class="node-note" x="14" y={narrow ? 86 : 82}>
        {narrow ? note : `${note}${note === '' ? '' : ' · '}${hostOf(process.seen.address)}`}
      </text>
      {box.width > LEAST_WIDTH_OF_DOTS && (
        <Dots views={views} right={box.width - 14} y={narrow ? box.height - 16 : 15} />
      )}
    </g>
  );
}

function Dots({ views, right, y }: { views: readonly View[]; right: number; y: number }) {
  return (
    <>
      {views.map(({ by, well }, index) => (
        <circle
          key={by}
          class={well ? 'seen-well' : 'seen-unwell'}
          cx={right - (views.length - 1 - index) * 9}
          cy={y}
          r="3.2"
        />
      ))}
    </>
  );
}

function toneOf(condition: Condition): 'well' | 'warn' | 'down' {
  if (condition === 'well') return 'well';
  return condition === 'unready' || condition === 'cut off' ? 'warn' : 'down';
}

function figureOf({ tier, seen }: Named, rates: Rates | undefined): [string, string] {
  if (seen.status === null) return ['–', tier === 'catalog' ? 'commits' : 'a second'];
  const catalog = tier === 'catalog' ? (seen.status as CatalogStatus) : null;
  // Catalogs that share a PostgreSQL have no commits of their own.
  if (catalog !== null && catalog.shared === undefined) return [formatShort(catalog.lastChange), 'commits'];
  const perSecond = rates?.answersPerSecond ?? 0;
  return [perSecond >= 100 ? formatShort(Math.round(perSecond)) : perSecond.toFixed(1), 'a second'];
}

function noteOf({ tier, seen }: Named, { catalogs }: ClusterSnapshot, rates: Rates | undefined): string {
  switch (tier) {
    case 'front-end':
      return rates?.hitPercent == null ? 'no reads now' : `${rates.hitPercent.toFixed(0)} % cached`;
    case 'order':
      return rates?.p50Ms == null ? 'no sales now' : `${rates.p50Ms.toFixed(1)} ms`;
    case 'catalog': {
      if (seen.status !== null && (seen.status as CatalogStatus).shared !== undefined) return 'on PostgreSQL';
      const lag = lags(catalogs)[catalogs.findIndex(({ address }) => address === seen.address)] ?? 0;
      return lag === 0 ? 'level' : `${formatShort(lag)} behind`;
    }
    default:
      return tier satisfies never;
  }
}
