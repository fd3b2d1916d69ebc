import { useMemo } from 'preact/hooks';
import { COVER_HEIGHT, COVER_WIDTH, coverArt } from './cover-art.js';

/** Decoration: the title stands beside it as text. */
export function Cover({ title, author = null }: { title: string; author?: string | null | undefined }) {
  const art = useMemo(() => coverArt(title, author ?? null), [title, author]);
  return (
    <svg class="cover" viewBox={`0 0 ${COVER_WIDTH} ${COVER_HEIGHT}`} aria-hidden="true" focusable="false">
      <rect width={COVER_WIDTH} height={COVER_HEIGHT} fill={art.paper} />
      {art.shapes.map((shape, index) => (
        <path key={index} d={shape.d} fill={shape.fill} opacity={shape.opacity ?? 1} />
      ))}
      <text class="cover-title" fill={art.ink} font-size={art.fontSize}>
        {art.lines.map((line, index) => (
          <tspan key={index} x="17" y={art.titleTop + art.fontSize * (0.86 + index * 1.14)}>
            {line}
          </tspan>
        ))}
      </text>
      {art.author !== null && (
        <text class="cover-author" fill={art.ink} x="17" y={art.authorY} font-size="10">
          {art.author.length > 32 ? `${art.author.slice(0, 31)}…` : art.author}
        </text>
      )}
      <path d={`M0 0H7V${COVER_HEIGHT}H0Z`} fill="#000" opacity="0.12" />
      <path d={`M7 0H8.5V${COVER_HEIGHT}H7Z`} fill="#fff" opacity="0.22" />
    </svg>
  );
}
