import { StartError } from '../runtime/start-error.js';
import { type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { type Config } from '../config/index.js';
import { type AnswerObserver } from './answers.js';

export type { Logger } from 'pino';

/** Lines of JSON on standard output. */
export function createLogger(config: Pick<Config, 'role' | 'logLevel' | 'port'>): Logger {
  return pino({ level: config.logLevel, base: { role: config.role, port: config.port } });
}

/** Nest's own lines, and those of `new Logger('Context')`, through pino. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    // Nest tells every route and module at start.
    this.logger[isFrameworkContext(rest.at(-1)) ? 'debug' : 'info'](...line(message, rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    // What keeps a process from starting is said by whoever runs it, once (main.ts).
    if (message instanceof StartError) return;
    this.logger.error(...line(message, rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(...line(message, rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(...line(message, rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(...line(message, rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(...line(message, rest));
  }
}

const FRAMEWORK = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

function isFrameworkContext(context: unknown): boolean {
  return typeof context === 'string' && FRAMEWORK.has(context);
}

/** Nest gives the context last, and before it what else there is: a stack, an error, values. */
function line(message: unknown, rest: readonly unknown[]): [object, string?] {
  const last = rest.at(-1);
  const context = typeof last === 'string' ? last : undefined;
  const others = context === undefined ? rest : rest.slice(0, -1);
  const detail = others.length === 0 ? {} : { detail: others.length === 1 ? others[0] : others };
  const fields = { ...(context !== undefined && { context }), ...detail };
  if (message instanceof Error) return [{ ...fields, err: message }];
  return typeof message === 'string' ? [fields, message] : [{ ...fields, value: message }];
}

/**
 * A line for each answer costs a fifth of the throughput: at `info` one in so many gets one (0: none), at `debug` all of them.
 * What failed on our side is always told.
 */
export function answerLog(logger: Logger, oneIn: number): AnswerObserver {
  const everyAnswer = logger.isLevelEnabled('debug');
  let toNextSample = oneIn;
  return ({ method, url, route, status, durationMs, requestId }) => {
    // 503 is a plain answer, not a failure: not ready, or too busy.
    const failed = status >= 500 && status !== 503;
    const isSample = oneIn > 0 && --toNextSample === 0;
    if (isSample) toNextSample = oneIn;
    if (!failed && !isSample && !everyAnswer) return;
    const ms = Math.round(durationMs * 1000) / 1000;
    const fields = { method, url, route, status, ms, ...(requestId !== undefined && { reqId: requestId }) };
    if (failed) logger.warn(fields, 'answered');
    else if (isSample) logger.info({ ...fields, oneIn }, 'answered');
    else logger.debug(fields, 'answered');
  };
}
