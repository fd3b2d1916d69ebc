import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogController } from 'fastify';
import { AppModule } from './app.module.js';
import { type Config } from './config/index.js';
import { type Surroundings } from './foundation.module.js';
import { Answers } from './observability/answers.js';
import { createEntranceServer, Entrance, type Pipeline } from './http/entrance.js';
import { requestIdOf } from './observability/request-context.js';
import { beginAsRequests } from './http/request-handlers.js';
import { answerFrameworkError, ErrorFilter } from './http/error.filter.js';
import { takeJsonBodies } from './http/json-body.js';
import { Bodies } from './http/bodies.js';
import { Connections } from './http/connections.js';
import { KnownRoutes } from './http/known-routes.js';
import { answerLog, createLogger, type Logger, NestLogger } from './observability/logs.js';
import { parserRefusal, refuseConnection } from './http/parser-refusals.js';
import { OperationalPaths } from './http/operational-paths.js';
import { RouteRules } from './http/route-rules.js';
import { addSafetyHeaders } from './http/safety-headers.js';
import { setUpSwagger } from './http/swagger.js';
import { createValidationPipe } from './http/validation.js';

export interface Overrides extends Surroundings {
  /** Instead of lines on standard output. */
  readonly logger?: Logger;
}

/** One role as an app that only has to listen: `main` and the tests use the same. Any number of them run in one process. */
export async function createApp(config: Config, overrides: Overrides = {}): Promise<NestFastifyApplication> {
  const logger = overrides.logger ?? createLogger(config);
  // Made by Nest, which is made from the adapter; nothing comes in before the app listens.
  const door: { entrance?: Entrance } = {};
  const adapter = createAdapter(
    logger,
    (...request) => door.entrance?.serve(...request),
    (status) => door.entrance?.refusedByParser(status),
    config.tls,
  );
  const module = await AppModule.forRole(config, overrides);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    // Whoever started it decides what a failed start means: it throws.
    abortOnError: false,
    bodyParser: false,
    // Requests that come in on open connections while it stops are still answered.
    return503OnClosing: false,
  });
  beginAsRequests(app);
  const instance = adapter.getInstance();
  takeJsonBodies(instance);
  addSafetyHeaders(instance);
  app.get(KnownRoutes).watch(instance);
  app.get(OperationalPaths).watch(instance);
  app.get(RouteRules).watch(instance);
  const entrance = app.get(Entrance);
  entrance.watch(instance);
  door.entrance = entrance;
  const answers = app.get(Answers);
  const server = app.getHttpServer();
  app.get(Connections).watch(server);
  app.get(Bodies).watch(server, refuseConnection);
  answers.watch(instance);
  answers.observe(answerLog(logger, config.answerLogOneIn));
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(app.get(ErrorFilter));
  setUpSwagger(app, config.role);
  for (const warning of config.warnings) logger.warn(warning);
  return app;
}

/** Of a path that does not say otherwise (`BodyLimit`). */
const BODY_LIMIT_BYTES = 64 * 1024;

/** How long an idle connection is kept: longer than the roles' clients do, so that it is they who close it. */
const KEEP_ALIVE_SECONDS = 72;

const TIMEOUTS = {
  keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
  headersTimeout: 10_000,
  // How long a body may take hangs on its path: see `Bodies`.
  requestTimeout: 0,
  connectionsCheckingInterval: 1_000,
};

/** No path declares a schema (class-validator checks what comes in), so Fastify need not load what compiles them. */
const NO_SCHEMAS = {
  compilersFactory: { buildValidator: compileNone, buildSerializer: compileNone },
};

function compileNone(): never {
  throw new Error('paths declare no schemas');
}

function createAdapter(
  logger: Logger,
  serve: Entrance['serve'],
  refused: (status: number) => void,
  tls: Config['tls'],
): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    // Each line bears the id as it is: a logger of its own for each request costs more.
    childLoggerFactory: () => logger,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: (error, socket) => {
      const refusal = parserRefusal(error, socket);
      if (refusal === null) return void socket.destroy();
      refuseConnection(socket, refusal);
      refused(refusal.status);
    },
    schemaController: NO_SCHEMAS,
    bodyLimit: BODY_LIMIT_BYTES,
    // The server is made below; by this alone Fastify knows what its line at the start has to say.
    ...(tls !== null && { https: {} }),
    serverFactory: (pipeline: Pipeline) =>
      createEntranceServer(TIMEOUTS, (request, response) => serve(request, response, pipeline), tls),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16 * 1024 },
  });
}
