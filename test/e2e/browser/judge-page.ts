import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Visitor } from './chromium.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core objects to: rule and element of each violation. */
export async function violations({ page }: Visitor): Promise<string[]> {
  // Evaluated, not added as a script: the pages' policy allows none but their own.
  await page.evaluate(AXE);
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`,
  );
}

export function overflows({ page }: Visitor): Promise<boolean> {
  return page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
}
