import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { type Config } from '../config/index.js';
import { AnswerCounter } from './answer-counter.js';
import { Answers } from './answers.js';
import { SystemClock } from './clock.js';
import { ClusterSecretGuard } from './cluster-secret.guard.js';
import { Entrance } from './entrance.js';
import { ErrorFilter } from './error.filter.js';
import { HealthController } from './health.controller.js';
import { HttpClient } from './http-client.js';
import { KnownRoutes } from './known-routes.js';
import { Metrics } from './metrics.js';
import { MetricsController } from './metrics.controller.js';
import { OverloadGuard } from './overload/overload-guard.js';
import { Readiness } from './readiness.js';
import { SUPERVISOR, type Supervisor } from './supervisor.js';
import { TraceRecorder } from './tracing/trace-recorder.js';
import { TracesController } from './tracing/traces.controller.js';
import { PollClient } from './upstream/readiness-poll.js';
import { UpstreamMetrics } from './upstream/upstream.metrics.js';
import { Upstreams } from './upstream/upstreams.js';

const PROVIDERS = [
  AnswerCounter,
  Answers,
  SystemClock,
  ClusterSecretGuard,
  Entrance,
  ErrorFilter,
  HttpClient,
  KnownRoutes,
  Metrics,
  OverloadGuard,
  Readiness,
  PollClient,
  UpstreamMetrics,
  Upstreams,
  TraceRecorder,
];

/** What every role has: settings under `CONFIG`, health, metrics, the client to the others. Global: roles need not import it. */
@Global()
@Module({})
export class PlatformModule {
  static forRoot(config: Config, supervisor: Supervisor | null): DynamicModule {
    const providers = [...PROVIDERS, { provide: SUPERVISOR, useValue: supervisor }];
    return {
      module: PlatformModule,
      imports: [
        // The settings come from `parseConfig`; nothing is read from the environment or a file here.
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          ignoreEnvVars: true,
          load: [registerAs('bazar', () => config)],
        }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [HealthController, MetricsController, TracesController],
      providers,
      exports: providers,
    };
  }
}
