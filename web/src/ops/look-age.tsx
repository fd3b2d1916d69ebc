import { useEffect, useState } from 'preact/hooks';

const TICK_MS = 1_000;
/** They come each second: later than that something is wrong, though the stream is open still. */
const OLD_MS = 5_000;

/** How old what the page shows is. No live region: it would be read out each second. */
export function LookAge({ lookedAtMs }: { lookedAtMs: number }) {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const ageMs = Math.max(0, now - lookedAtMs);
  return <p class={`look-age ${ageMs > OLD_MS ? 'look-old' : ''}`}>Looked {ageOf(ageMs)} ago</p>;
}

function ageOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'less than a second';
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
