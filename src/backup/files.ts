import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';

/** A database and what SQLite keeps beside it. */
export const PARTS = ['', '-wal', '-shm', '-journal'] as const;
const OWNER_ONLY = 0o600;

/** With what has not been written into it yet. */
export function copyFile(from: string, to: string): void {
  removeFile(to);
  for (const part of PARTS) {
    if (!existsSync(`${from}${part}`)) continue;
    cpSync(`${from}${part}`, `${to}${part}`);
    chmodSync(`${to}${part}`, OWNER_ONLY);
  }
}

export function removeFile(path: string): void {
  for (const part of PARTS) rmSync(`${path}${part}`, { force: true });
}
