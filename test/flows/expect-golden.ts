import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * Compares a flow with the text file that tells it. `UPDATE_GOLDEN=1 npm test -- test/flows` writes the files anew; look at the
 * difference before you commit it.
 */
export function expectGolden(name: string, text: string): void {
  const file = new URL(`./golden/${name}.txt`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
  expect(existsSync(file)).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}
