/** Where a role listens when its settings do not say. In a file that imports nothing: the health check of a container starts with it. */
export const DEFAULT_HOST = '0.0.0.0';
export const DEFAULT_PORT = 5000;
/** Where only this machine can reach. */
export const LOOPBACK_HOST = '127.0.0.1';

/** `host` as it stands in HOST or in an address. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
