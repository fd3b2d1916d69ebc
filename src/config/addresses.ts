/** `http://host:port` of a base address, or null if it is none. `host:port` alone means http. */
export function normaliseAddress(text: string): string | null {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch {
    return null;
  }
  const isPlain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return isPlain && (url.protocol === 'http:' || url.protocol === 'https:') ? url.origin : null;
}

/** Elements of a list written with `|` (as the original's) or commas; blank ones are left out. */
export function splitList(text: string): string[] {
  return text
    .split(/[|,]/)
    .map((element) => element.trim())
    .filter((element) => element !== '');
}

/** Base addresses in the order given, each once. What is no address stays as it was written, for validation to name. */
export function parseAddresses(text: string): string[] {
  return [...new Set(splitList(text).map((element) => normaliseAddress(element) ?? element))];
}

const LONGEST_URL = 2_000;

/** What WEBHOOK_URL takes, for people. */
export const RECEIVER =
  'an address like https://shop.example/hooks/bazar, with its scheme, http or https, and without a user name, a password or a fragment';

export function isReceiver(text: string): boolean {
  if (text.length > LONGEST_URL || !/^https?:\/\/[\x21-\x7e]+$/i.test(text) || !URL.canParse(text))
    return false;
  const { username, password, hash } = new URL(text);
  return username === '' && password === '' && hash === '';
}

/** What OTEL_EXPORTER_OTLP_ENDPOINT takes, for people. */
export const COLLECTOR =
  'an address like http://collector:4318, with its scheme, http or https, and without a user name, a password, a query or a fragment';

export function isCollector(text: string): boolean {
  return isReceiver(text) && new URL(text).search === '';
}
