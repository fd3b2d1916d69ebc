/** In which every page is looked at. */
export const LOOKS = [
  { name: 'wide-light', viewport: { width: 1280, height: 860 }, colorScheme: 'light' },
  { name: 'wide-dark', viewport: { width: 1280, height: 860 }, colorScheme: 'dark' },
  { name: 'phone-light', viewport: { width: 390, height: 844 }, colorScheme: 'light' },
  { name: 'phone-dark', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;
