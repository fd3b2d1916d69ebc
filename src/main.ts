import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type OwnProcess } from './runtime/own-process.js';
import { codeOf, StartError } from './runtime/start-error.js';
import { type Supervisor } from './runtime/supervisor.js';

/** After the drain: in-flight requests end well within it. */
const SHUTDOWN_MS = 10_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

/** How often `npm start` looks whether npm still runs: a signal that npm does not pass on, or its end by force, ends the bookstore too. */
const LOOK_FOR_NPM_MS = 500;

/** Ctrl-C, a supervisor, or the end of npm or of the local cluster that started this process. */
function onStop(stop: () => void): void {
  process.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', stop);
  if (process.channel !== undefined) process.on('disconnect', stop);
  if (process.env['npm_lifecycle_event'] !== 'start' || process.channel !== undefined) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    stop();
  }, LOOK_FOR_NPM_MS);
  timer.unref();
}

/** `npm start`, when that is what began this process: nobody in production. */
function supervisor(production: boolean): { supervisor?: Supervisor } {
  if (production || process.send === undefined) return {};
  return {
    supervisor: {
      tell: (message) => void process.send?.(message),
      listen: (listener) => void process.on('message', listener),
    },
  };
}

/** This program's other commands, each in a process of its own. */
function runCommand(args: readonly string[]): ReturnType<OwnProcess['run']> {
  return new Promise((resolve) => {
    const entry = fileURLToPath(import.meta.url);
    execFile(process.execPath, [entry, ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** ROLE and its settings from the environment. Runs until it is stopped. */
async function runRole(): Promise<void> {
  // Until the app is there, nothing has begun.
  const leave = (): void => process.exit(0);
  // Process 1 of a container is not stopped by a signal that it does not listen to.
  let stop = leave;
  onStop(() => stop());
  const { createApp } = await import('./bootstrap.js');
  const { parseConfig } = await import('./config/index.js');
  const { shutDown } = await import('./runtime/shutdown.js');
  const config = parseConfig(process.env);
  const { drainMs } = config;
  // A catalog that stops in good order waits for the leases that it granted (W10).
  const leavingMs = config.role === 'catalog' ? 2 * config.leaseMs : 0;
  const withinMs = drainMs + leavingMs + SHUTDOWN_MS;

  const start = async (): Promise<void> => {
    stop = leave;
    const hurry = new AbortController();
    let ending: 'stop' | 'restart' | undefined;
    const end = (): void => {
      shutDown(app, { drainMs, withinMs, hurry: hurry.signal }).then((inTime) => {
        if (!inTime) complain(`stopped hard: it took longer than ${withinMs} ms`);
        if (!inTime || ending === 'stop') process.exit(inTime ? 0 : 1);
        start().catch(fail);
      }, fail);
    };
    const stopApp = (): void => {
      // Asked twice, or while it is about to start anew: somebody does not want to wait.
      if (ending !== undefined) hurry.abort();
      else end();
      ending = 'stop';
    };
    const restart = (): void => {
      if (ending !== undefined) return;
      ending = 'restart';
      hurry.abort();
      end();
    };
    const ownProcess = { run: runCommand, restart };
    const app = await createApp(config, { ...supervisor(config.production), ownProcess });
    stop = stopApp;
    await app.listen(config.port, config.host).catch((error: unknown) => {
      throw cannotListen(error, config);
    });
  };
  await start();
}

function cannotListen(error: unknown, { host, port }: { host: string; port: number }): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartError(`PORT: got "${port}", takes a port that no other process uses on ${host}`);
    case 'EACCES':
      return new StartError(`PORT: got "${port}", takes one that this user may listen on`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(`HOST: got "${host}", takes an address of this machine`);
    default:
      return error;
  }
}

/** `dist/main.js` runs a role, `dist/main.js COMMAND …` what `npm start`, `npm run import` and container engines call. */
async function main(): Promise<void> {
  const [command, ...args] = process.argv.slice(2);
  switch (command) {
    case undefined:
      return runRole();
    case 'local-cluster': {
      const { runLocalCluster } = await import('./local-cluster/local-cluster.js');
      const entry = fileURLToPath(import.meta.url);
      return process.exit(await runLocalCluster(args, { environment: process.env, entry, print, onStop }));
    }
    case 'postgres': {
      const { runServer } = await import('./local-cluster/embedded-server.js');
      return runServer(args, process.env);
    }
    case 'import': {
      const { importBooks } = await import('./local-cluster/import-books.js');
      return process.exit(await importBooks(args, { print, complain, terminal: process.stderr }));
    }
    case 'backup': {
      const { backUp } = await import('./backup/back-up.js');
      return process.exit(await backUp(args, { env: process.env, print, complain }));
    }
    case 'restore': {
      const { restore } = await import('./backup/restore.js');
      return process.exit(await restore(args, { env: process.env, print, complain }));
    }
    case 'migrate': {
      const { migrate } = await import('./backup/migrate.js');
      return process.exit(await migrate(args, { env: process.env, print, complain }));
    }
    case 'healthcheck': {
      const { healthcheck } = await import('./healthcheck.js');
      return process.exit(await healthcheck(process.env, print));
    }
    default:
      throw new Error(`There is no command ${command}; without one, ROLE says what to run`);
  }
}

/** What keeps a role from starting is said in lines that name the cause; a stack tells of what nobody expected. */
function fail(error: unknown): never {
  if (!(error instanceof Error)) complain(String(error));
  else if (error.name === 'ConfigError' || error instanceof StartError) complain(error.message);
  else complain(error.stack ?? error.message);
  process.exit(1);
}

// Databases, their logs and the files of npm start are for who runs them only.
process.umask(0o077);
// What a role cannot go on from, when it has long started.
process.on('uncaughtException', fail);
main().catch(fail);
