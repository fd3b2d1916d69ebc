import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance } from 'fastify';
import { createServer, type Server } from 'node:http';
import { type Config } from '../config/index.js';
import { CONFIG } from '../runtime/config.token.js';
import { OperationalPaths } from './operational-paths.js';
import { writeJson } from './write-json.js';

/** As anybody writes them; what is written otherwise is not found here. */
const OPEN = /^\/(metrics|health\/(live|ready)|api|api-json|api-yaml)([/?]|$)/;
const MOST_CONNECTIONS = 64;
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 };

/** A port for those who watch (METRICS_PORT): figures, readiness with its reasons and Swagger, without a credential, and nothing else. */
@Injectable()
export class MetricsPort implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'host' | 'metricsPort'>,
    private readonly adapter: HttpAdapterHost,
    private readonly paths: OperationalPaths,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { host, metricsPort } = this.config;
    if (metricsPort === null) return;
    const instance = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    const server = createServer(TIMEOUTS, (request, response) => {
      if (!OPEN.test(request.url ?? '')) {
        writeJson(response, 404, { message: 'There is nothing at this path' });
        return;
      }
      this.paths.cameByOwnPort(request);
      instance.routing(request, response);
    });
    server.maxConnections = MOST_CONNECTIONS;
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(metricsPort, host, resolve);
    });
  }

  onApplicationShutdown(): void {
    this.server?.close();
    this.server?.closeAllConnections();
  }
}
