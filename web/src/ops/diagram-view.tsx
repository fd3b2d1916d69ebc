import { type RefObject } from 'preact';
import { type Diagram, formatMs, HEAD, type Row } from './diagram.js';

interface DiagramViewProps {
  readonly diagram: Diagram;
  /** How many messages are shown in full; the last of them stands out. */
  readonly step: number;
  readonly choose: (step: number) => void;
  readonly svg: RefObject<SVGSVGElement | null>;
  readonly label: string;
}

/** Processes as lanes from left to right, time from top to bottom. */
export function DiagramView({ diagram, step, choose, svg, label }: DiagramViewProps) {
  const { width, height, headWidth, gutter, lanes, rows } = diagram;
  return (
    <svg
      ref={svg}
      class="diagram"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      {lanes.map(({ address, name, x }) => (
        <g key={address}>
          <path class="lane" d={`M${x} ${HEAD.top + HEAD.height}V${height - 6}`} />
          <rect
            class="lane-head"
            x={x - headWidth / 2}
            y={HEAD.top}
            width={headWidth}
            height={HEAD.height}
            rx="10"
          />
          <text class="lane-name" x={x} y={HEAD.top + 26} text-anchor="middle">
            {name}
          </text>
        </g>
      ))}
      {rows.map((row, index) => (
        <Arrow
          key={row.message.messageId}
          row={row}
          width={width}
          gutter={gutter}
          state={index + 1 === step ? 'now' : index < step ? 'past' : 'future'}
          choose={() => choose(index + 1)}
        />
      ))}
    </svg>
  );
}

const TIP = 9;
/** A message that did not arrive ends on its way. */
const LOST_AT = 0.72;

function Arrow({
  row,
  width,
  gutter,
  state,
  choose,
}: {
  row: Row;
  width: number;
  gutter: number;
  state: 'past' | 'now' | 'future';
  choose: () => void;
}) {
  const { message, y, fromX, toX, textX, family, label } = row;
  const lost = message.receivedMs === null;
  const endX = lost ? fromX + (toX - fromX) * LOST_AT : toX;
  const side = Math.sign(toX - fromX);
  return (
    <g class={`message message-${family} message-${state} ${lost ? 'message-lost' : ''}`} onClick={choose}>
      <rect class="message-row" x="0" y={y - 30} width={width} height="44" rx="8" />
      <text class="message-time" x={gutter - 12} y={y + 4} text-anchor="end">
        {formatMs(message.sentMs)}
      </text>
      <path class="message-line" d={`M${fromX} ${y}H${endX - side * (lost ? 0 : TIP)}`} />
      {lost ? (
        <path class="message-cross" d={`M${endX - 5} ${y - 5}l10 10M${endX - 5} ${y + 5}l10 -10`} />
      ) : (
        <path class="message-tip" d={`M${toX} ${y}l${-side * TIP} -5v10z`} />
      )}
      <circle class="message-start" cx={fromX} cy={y} r="3.5" />
      <text class="message-text" x={textX} y={y - 8} text-anchor="middle">
        {label}
      </text>
    </g>
  );
}
