import 'reflect-metadata';
import { createApp } from './bootstrap.js';
import { ConfigError, parseConfig } from './config/index.js';
import { shutDown } from './platform/shutdown.js';

/** In-flight requests and the catalog's leases end well within it. */
const SHUTDOWN_MS = 10_000;

const complain = (line: string): void => void process.stderr.write(`${line}\n`);

async function runRole(): Promise<void> {
  const config = parseConfig(process.env);
  const app = await createApp(config);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    void shutDown(app, SHUTDOWN_MS).then((inTime) => {
      if (!inTime) complain(`stopped hard: it took longer than ${SHUTDOWN_MS} ms`);
      process.exit(inTime ? 0 : 1);
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  await app.listen(config.port, config.host);
}

runRole().catch((error: unknown) => {
  complain(
    error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error),
  );
  process.exit(1);
});
