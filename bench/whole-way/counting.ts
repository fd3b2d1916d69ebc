import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../processes.js';
import { Requester } from '../requester.js';
import { treeOf } from '../run.js';
import { type Shop } from './shop.js';

const SALES = 100;
const WARMING_SALES = 20;
const ATTACHED_AFTER_MS = 1_000;
const SENDS = /^\d+ +(?:write|writev|sendto|sendmsg|sendmmsg)\(\d+<TCP/;
const SYNCS = /^\d+ +(?:fsync|fdatasync)\(/;

/** What a sale made the processes of a shop do. */
export interface Counts {
  /** Between them: a question with its answer is one. */
  readonly exchanges: number;
  /** Of all disks. */
  readonly syncs: number;
}

/**
 * Counts system calls with strace, of sales one after the other of a book that no cache holds; what the processes do while nobody is
 * there is taken off. NaN where there is no strace, or it may not look.
 */
export async function countSale(shop: Shop, folder: string): Promise<Counts> {
  const requester = new Requester(shop.addresses[0] ?? '');
  const sell = async (count: number): Promise<void> => {
    for (let sale = 0; sale < count; sale += 1) {
      const sold = await requester.ask('PUT', `/buy/${shop.unseen}`, [200]);
      if (!sold) throw new Error(`${shop.name} did not sell`);
    }
  };
  try {
    await sell(WARMING_SALES);
    const selling = await traced(shop, folder, () => sell(SALES));
    const idle = await traced(
      shop,
      folder,
      () => new Promise((resolve) => setTimeout(resolve, selling.tookMs)),
    );
    const share = selling.tookMs / idle.tookMs;
    const sends = (selling.sends - idle.sends * share) / SALES;
    // The answer to the buyer is a send without one that asks among the processes.
    return { exchanges: (sends - 1) / 2, syncs: (selling.syncs - idle.syncs * share) / SALES };
  } finally {
    await requester.end();
  }
}

async function traced(
  shop: Shop,
  folder: string,
  during: () => Promise<unknown>,
): Promise<{ sends: number; syncs: number; tookMs: number }> {
  if (!isInstalled('strace')) return { sends: NaN, syncs: NaN, tookMs: 0 };
  const file = join(folder, 'system-calls');
  const calls = 'trace=write,writev,sendto,sendmsg,sendmmsg,fsync,fdatasync';
  const pids = shop.pids.flatMap(treeOf).flatMap((pid) => ['-p', String(pid)]);
  const strace = spawn('strace', ['-f', '-qq', '-yy', '-s', '0', '-e', calls, '-o', file, ...pids], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => strace.once('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, ATTACHED_AFTER_MS));
  const mayLook = strace.exitCode === null;
  const before = mayLook ? linesOf(file).length : 0;
  const startedAt = performance.now();
  await during();
  const tookMs = performance.now() - startedAt;
  const lines = mayLook ? linesOf(file).slice(before) : [];
  strace.kill('SIGINT');
  await ended;
  if (!mayLook) return { sends: NaN, syncs: NaN, tookMs };
  const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
  return { sends: count(SENDS), syncs: count(SYNCS), tookMs };
}

const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n');
