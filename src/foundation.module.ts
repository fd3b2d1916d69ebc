import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ConfigModule, registerAs } from '@nestjs/config';
import { TerminusModule } from '@nestjs/terminus';
import { type Config } from './config/index.js';
import { AnswerCounter } from './observability/answer-counter.js';
import { Answers } from './observability/answers.js';
import { Certificates } from './runtime/certificates.js';
import { SystemClock } from './runtime/clock.js';
import { ClusterSecretGuard } from './http/cluster-secret.guard.js';
import { Bodies } from './http/bodies.js';
import { ClientAddresses } from './http/client-addresses.js';
import { Connections } from './http/connections.js';
import { Entrance } from './http/entrance.js';
import { ErrorFilter } from './http/error.filter.js';
import { HealthController } from './observability/health.controller.js';
import { KnownRoutes } from './http/known-routes.js';
import { Metrics } from './observability/metrics.js';
import { MetricsController } from './observability/metrics.controller.js';
import { OverloadGuard } from './http/overload/overload-guard.js';
import { MetricsPort } from './http/metrics-port.js';
import { OperationalPaths } from './http/operational-paths.js';
import { RouteRules } from './http/route-rules.js';
import { Readiness } from './observability/readiness.js';
import { OWN_PROCESS, type OwnProcess } from './runtime/own-process.js';
import { SUPERVISOR, type Supervisor } from './runtime/supervisor.js';
import { TraceRecorder } from './observability/tracing/trace-recorder.js';
import { Tracing } from './observability/tracing/tracing.js';
import { CallWatch } from './rpc/call-watch.js';
import { RpcHandlers } from './rpc/handlers.js';
import { Rpc } from './rpc/rpc.js';
import { RpcMetrics } from './rpc/rpc.metrics.js';
import { ReadinessTeller } from './rpc/readiness-teller.js';
import { UpstreamMetrics } from './rpc/upstream/upstream.metrics.js';
import { Upstreams } from './rpc/upstream/upstreams.js';

const PROVIDERS = [
  AnswerCounter,
  Answers,
  SystemClock,
  Bodies,
  ClientAddresses,
  ClusterSecretGuard,
  Certificates,
  Connections,
  Entrance,
  ErrorFilter,
  CallWatch,
  KnownRoutes,
  Metrics,
  OverloadGuard,
  RouteRules,
  OperationalPaths,
  MetricsPort,
  Readiness,
  ReadinessTeller,
  Rpc,
  RpcMetrics,
  RpcHandlers,
  UpstreamMetrics,
  Upstreams,
  TraceRecorder,
  Tracing,
];

/** What is around an app; none of it where it is one of several in a process. */
export interface Surroundings {
  /** Who may be asked to stop and bring back processes; never in production. */
  readonly supervisor?: Supervisor;
  readonly ownProcess?: OwnProcess;
}

/** What every role has: settings under `CONFIG`, health, metrics, the lines to the others. Global: roles need not import it. */
@Global()
@Module({})
export class FoundationModule {
  static forRoot(config: Config, { supervisor, ownProcess }: Surroundings): DynamicModule {
    const providers = [
      ...PROVIDERS,
      { provide: SUPERVISOR, useValue: supervisor ?? null },
      { provide: OWN_PROCESS, useValue: ownProcess ?? null },
    ];
    return {
      module: FoundationModule,
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
      controllers: [HealthController, MetricsController],
      providers,
      exports: providers,
    };
  }
}
