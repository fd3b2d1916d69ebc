import { type LoggerService } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { type Config } from '../config/index.js';

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

/** A line for each answer costs a fifth of the throughput: all of them at `debug`, else only those that failed on our side. */
export function logAnswers(instance: FastifyInstance, logger: Logger): void {
  const everyAnswer = logger.isLevelEnabled('debug');
  instance.addHook('onResponse', (request, reply, done) => {
    // 503 is a plain answer, not a failure: not ready, or too busy.
    const failed = reply.statusCode >= 500 && reply.statusCode !== 503;
    if (failed || everyAnswer) {
      const { method, url } = request;
      const fields = { method, url, status: reply.statusCode, ms: Math.round(reply.elapsedTime) };
      request.log[failed ? 'warn' : 'debug'](fields, 'answered');
    }
    done();
  });
}
