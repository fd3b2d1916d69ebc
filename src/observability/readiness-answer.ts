/** How `/health/ready` says that its process shuts down, in the JSON of terminus: `details.process.message`. */
export const STOPPING = 'stopping';

/** Whether the body of a 503 says so. */
export function isStopping(body: unknown): boolean {
  const { details } = (body ?? {}) as { details?: { process?: { message?: unknown } } };
  return details?.process?.message === STOPPING;
}
