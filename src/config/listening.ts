/** Where a role listens when its settings do not say. In a file that imports nothing: the health check of a container starts with it. */
export const DEFAULT_HOST = '0.0.0.0';
export const DEFAULT_PORT = 5000;
