/** One rule for every path that reads a client's key, on whichever role. */
export const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** `true` on an answer that an earlier request with the same key, and the same wish, has got already. */
export const REPLAYED_HEADER = 'idempotency-replayed';

/** In characters. Whoever has a key, and knows the wish it stands for, is told the outcome: shorter ones could be guessed. */
export const KEY_LENGTH = { shortest: 16, longest: 255 } as const;
const FORM = new RegExp(`^[\\x21-\\x7e]{${KEY_LENGTH.shortest},${KEY_LENGTH.longest}}$`);

export const KEY_RULE = `${KEY_LENGTH.shortest} to ${KEY_LENGTH.longest} visible ASCII characters`;

export const KEY_REFUSALS = {
  'key missing': [
    400,
    'The header Idempotency-Key is required: a new one for each order, the same one to ask again',
  ],
  'key malformed': [400, `The header Idempotency-Key must be ${KEY_RULE}`],
  'key reused': [
    422,
    'This Idempotency-Key was used for another wish: another book, quantity or price. Nothing was done for this one; give it a new key',
  ],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

export function isIdempotencyKey(key: string): boolean {
  return FORM.test(key);
}
