import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { DATABASE_PARTS, OWNER_ONLY } from '../runtime/stored-files.js';

/** With what has not been written into it yet. */
export function copyFile(from: string, to: string): void {
  removeFile(to);
  for (const part of DATABASE_PARTS) {
    if (!existsSync(`${from}${part}`)) continue;
    cpSync(`${from}${part}`, `${to}${part}`);
    chmodSync(`${to}${part}`, OWNER_ONLY);
  }
}

export function removeFile(path: string): void {
  for (const part of DATABASE_PARTS) rmSync(`${path}${part}`, { force: true });
}
