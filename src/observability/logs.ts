import { StartError } from '../runtime/start-error.js';
import { type LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';
import { type Config } from '../config/index.js';
import { type AnswerObserver, type Answered } from './answers.js';
import { currentRequest, requestIdOf } from './request-context.js';

export type { Logger } from 'pino';

/** Should somebody ever log a request whole: what it shows of who sent it, and keys that open receipts. */
const SECRET_FIELDS = ['headers', '*.headers', 'rawHeaders', '*.rawHeaders'];

/** Lines of JSON, on standard output if nothing else is said. What is done for a request bears its id. */
export function createLogger(
  config: Pick<Config, 'role' | 'logLevel' | 'port'>,
  to: DestinationStream = pino.destination(1),
): Logger {
  const options = {
    level: config.logLevel,
    base: { role: config.role, port: config.port },
    redact: { paths: SECRET_FIELDS, remove: true },
    mixin: () => {
      const reqId = currentRequest()?.ids;
      return reqId === undefined ? {} : { reqId };
    },
  };
  return pino(options, to);
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
  return (answered) => {
    const { method, route, status, durationMs } = answered;
    // 503 is a plain answer, not a failure: not ready, or too busy.
    const failed = status >= 500 && status !== 503;
    const isSample = oneIn > 0 && --toNextSample === 0;
    if (isSample) toNextSample = oneIn;
    if (!failed && !isSample && !everyAnswer) return;
    const ms = Math.round(durationMs * 1000) / 1000;
    const fields = { method, url: shownUrl(answered), route, status, ms, ...idOf(answered) };
    if (failed) logger.warn(fields, 'answered');
    else if (isSample) logger.info({ ...fields, oneIn }, 'answered');
    else logger.debug(fields, 'answered');
  };
}

function idOf({ requestId, request }: Answered): { reqId?: string } {
  const reqId = requestId ?? (request === undefined ? undefined : requestIdOf(request));
  return reqId === undefined ? {} : { reqId };
}

/** Whoever knows the id of an order or a hold may look at it, and end a hold. */
const CAPABILITY = /\/:(?:orderId|holdId)\b/;
/** Where it is not known what stands in a path: what is as long as such an id. */
const LONG_PART = /[^/?&=]{16,}/g;

/** A URL as it may stand in a log. */
function shownUrl({ url, route }: Answered): string {
  if (CAPABILITY.test(route)) return route;
  return route === 'unknown' || route === 'refused' ? url.replace(LONG_PART, '…') : url;
}
