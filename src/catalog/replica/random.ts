import { randomBytes } from 'node:crypto';
import { type Random } from '../../core/replication/ports.js';

/** 36^25 > 2^128. */
const TOKEN_LENGTH = 25;

export const cryptoRandom: Random = {
  fraction: () => Math.random(),
  token: () =>
    BigInt(`0x${randomBytes(16).toString('hex')}`)
      .toString(36)
      .padStart(TOKEN_LENGTH, '0'),
};
