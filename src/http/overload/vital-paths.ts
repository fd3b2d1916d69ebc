/**
 * What is never refused for load: looks at this process, and what the roles tell each other to agree. A lost lease or
 * invalidation would cost more than it saves. Guarded by the cluster's secret, or cheap.
 */
const VITAL = ['/health/', '/metrics', '/sessions/', '/invalidations', '/invalidate/'];

export function isVital(url: string | undefined): boolean {
  return url !== undefined && VITAL.some((path) => url.startsWith(path));
}
