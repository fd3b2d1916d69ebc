const COPIED = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linecap',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'letter-spacing',
] as const;
const MARGIN = 16;

/** A drawing of this page as a file of its own: its colours and fonts stand in it, and every message is shown in full. */
export function svgFile(drawing: SVGSVGElement, title: string): Blob {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const [shown, copied] = [drawing, copy].map((root) => [...root.querySelectorAll<SVGElement>('*')]);
  shown?.forEach((element, index) => {
    const [target, style] = [copied?.[index], getComputedStyle(element)];
    for (const name of COPIED) target?.setAttribute(name, style.getPropertyValue(name));
    if (element.classList.contains('message')) target?.setAttribute('opacity', '1');
    if (element.classList.contains('message-row')) target?.setAttribute('fill', 'none');
    target?.removeAttribute('class');
  });
  const { width, height } = drawing.viewBox.baseVal;
  const background = getComputedStyle(document.body).backgroundColor;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('viewBox', `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`);
  copy.setAttribute('width', String(width + 2 * MARGIN));
  copy.setAttribute('height', String(height + 2 * MARGIN));
  copy.removeAttribute('class');
  copy.prepend(rectangle(width + 2 * MARGIN, height + 2 * MARGIN, background), titleOf(title));
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: 'image/svg+xml' });
}

function rectangle(width: number, height: number, fill: string): SVGElement {
  const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  const attributes = { x: -MARGIN, y: -MARGIN, width, height, fill };
  for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, String(value));
  return rect;
}

function titleOf(text: string): SVGElement {
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.textContent = text;
  return title;
}

export function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has its own hold on it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
