import { type Inputs, useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

/** Read when it draws, so that it follows the theme. */
export function colourOf(name: string): () => string {
  return () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim() || '#888';
}

/** What every axis looks like. */
export const AXIS = {
  stroke: colourOf('ink-soft'),
  grid: { stroke: colourOf('line'), width: 1 },
  ticks: { show: false },
};

/** A plot as wide as the element that the answer refers to. It keeps the options that it began with; the data are drawn anew when one of `inputs` changes. */
export function useUPlot(
  height: number,
  optionsFor: (width: number) => uPlot.Options,
  data: uPlot.AlignedData,
  inputs: Inputs,
) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const created = new uPlot(optionsFor(element.clientWidth), data, element);
    plot.current = created;
    const observer = new ResizeObserver(() => created.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => plot.current?.setData(data), inputs);
  return place;
}
