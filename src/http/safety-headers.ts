/** What every answer bears: a browser takes it for what it says it is, and shows it in no frame. */
export const SAFETY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;
