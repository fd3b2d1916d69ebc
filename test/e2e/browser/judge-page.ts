import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Visitor } from './chromium.js';
import { LOOKS } from './looks.js';

export const SCREENSHOTS = fileURLToPath(new URL('screenshots', import.meta.url));

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Everything that axe-core looks at, or what alone can differ between a light and a dark page. */
type Rules = 'all' | 'colours';

/** What axe-core objects to: rule and element of each violation. */
export async function violations({ page }: Visitor, rules: Rules = 'all'): Promise<string[]> {
  const runOnly = rules === 'all' ? {} : { runOnly: { type: 'tag', values: ['cat.color'] } };
  // Half a megabyte, once for each page. Evaluated, not added as a script: the pages' policy allows none but their own.
  if (!(await page.evaluate<boolean>('globalThis.axe !== undefined'))) await page.evaluate(AXE);
  return page.evaluate<string[]>(
    `axe.run(${JSON.stringify({ ...runOnly, resultTypes: ['violations'] })})` +
      `.then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`,
  );
}

/** The page as it stands, in every look, each with its picture: nothing that axe-core objects to, nothing wider than the window. */
export async function judgeInEveryLook(visitor: Visitor, name: string): Promise<void> {
  const { page } = visitor;
  mkdirSync(SCREENSHOTS, { recursive: true });
  for (const look of LOOKS) {
    await page.setViewportSize(look.viewport);
    // Reduced: colours are read when they have changed, not on their way.
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${look.name}.png`) });
    const rules = look.colorScheme === 'light' ? 'all' : 'colours';
    const seen = { violations: await violations(visitor, rules), overflows: await overflows(visitor) };
    expect({ name, look: look.name, ...seen }).toEqual({
      name,
      look: look.name,
      violations: [],
      overflows: false,
    });
  }
  await page.setViewportSize(LOOKS[0].viewport);
  await page.emulateMedia({ colorScheme: LOOKS[0].colorScheme });
}

export function overflows({ page }: Visitor): Promise<boolean> {
  return page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
}
