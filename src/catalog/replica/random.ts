import { randomFillSync } from 'node:crypto';
import { type Random } from '../../core/replication/ports.js';

const TOKEN_BYTES = 16;
/** 36^25 > 2^128. */
const TOKEN_LENGTH = 25;

/** Asking for random bytes costs much more than the bytes: they are fetched for many tokens at once, each used once. */
const pool = Buffer.alloc(256 * TOKEN_BYTES);
let used = pool.length;

export const cryptoRandom: Random = {
  fraction: () => Math.random(),
  token: () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.toString('hex', used, used + TOKEN_BYTES);
    used += TOKEN_BYTES;
    return BigInt(`0x${bytes}`).toString(36).padStart(TOKEN_LENGTH, '0');
  },
};
