/** How `/health/ready` says why its process is not ready when it shuts down, to those who may know. */
export const STOPPING = 'stopping';
/** The same in its `status`, to everybody. */
export const SHUTTING_DOWN = 'shutting_down';

/** Whether the body of a 503 says so. */
export function isStopping(body: unknown): boolean {
  const { status, details } = (body ?? {}) as {
    status?: unknown;
    details?: { process?: { message?: unknown } };
  };
  // Roles of the release before say it in the details alone.
  return status === SHUTTING_DOWN || details?.process?.message === STOPPING;
}
