import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage } from 'node:http';
import { type Config } from '../../config/index.js';
import { LoadShedder } from '../../core/overload/load-shedder.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ClientAddresses } from '../client-addresses.js';
import { ClusterSecretGuard } from '../cluster-secret.guard.js';
import { Connections } from '../connections.js';
import { Entrance, type Refusal } from '../entrance.js';
import { RpcHandlers } from '../../rpc/handlers.js';
import { Metrics } from '../../observability/metrics.js';
import { LoopDelay } from './loop-delay.js';
import { RETRY_AFTER_SECONDS, TOO_BUSY } from './overloaded.js';

/** Far above what a busy process has: a request passes three of them. */
const TARGET_DELAY_MS = 100;
/** In a loop that is late by its own requests at least so many came in a turn. */
const CROWD_PER_TURN = 32;
/** Of the places, that one client address may hold; the other roles may hold all. */
const SHARE_OF_ONE_ADDRESS = 0.5;
const INTERVAL_MS = 500;
/** A single long turn (a large answer, a start) is no standing delay. */
const FEWEST_SAMPLES = 3;

/** Never refused for load: looks at this process, and invalidations, which would cost more than they save. Cheap, or behind a secret. */
const VITAL = ['/health/', '/metrics', '/invalidate/'];

const BUSY: Refusal = { status: 503, message: TOO_BUSY, retryAfterSeconds: RETRY_AFTER_SECONDS };

/** Seconds. */
const DELAY_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Sheds load at the entrance, before anything is done for it: a write that is shed was not started. */
@Injectable()
export class OverloadGuard implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(OverloadGuard.name);
  private readonly shedder: LoadShedder;
  private readonly shed;
  private readonly delay = new LoopDelay();
  private timer: NodeJS.Timeout | undefined;
  private arrived = 0;
  private readonly mostRequests: number;

  constructor(
    @Inject(CONFIG) { mostRequests }: Pick<Config, 'mostRequests'>,
    private readonly entrance: Entrance,
    private readonly calls: RpcHandlers,
    private readonly connections: Connections,
    private readonly addresses: ClientAddresses,
    private readonly guard: ClusterSecretGuard,
    metrics: Metrics,
  ) {
    this.mostRequests = mostRequests;
    this.shedder = new LoadShedder({
      mostInFlight: mostRequests,
      targetDelayMs: TARGET_DELAY_MS,
      crowdPerTurn: CROWD_PER_TURN,
    });
    this.shed = metrics.counter('bazar_shed_requests_total', 'Requests answered 503 at the entrance', [
      'reason',
    ]);
    const delays = metrics.histogram(
      'bazar_event_loop_delay_seconds',
      'How late the event loop was, sampled every 20 ms at most while something is asked',
      DELAY_BUCKETS,
    );
    this.delay.onSample = (lateMs) => delays.observe(lateMs / 1000);
    metrics.gauge('bazar_requests_in_flight', 'Requests not answered yet', () => this.underWay);
    metrics.gauge(
      'bazar_connections',
      'Open connections, those to other roles left out',
      () => connections.open,
    );
    metrics.countedElsewhere(
      'bazar_connections_crowded_out_total',
      'Connections closed because their address had opened too many newer ones',
      [],
      () => [[{}, connections.closedForRoom]],
    );
    metrics.gauge('bazar_admitted_share', 'Share of the requests that is let in', () => this.shedder.share);
  }

  onModuleInit(): void {
    this.entrance.guard({ admit: (request) => this.admitByDelay(request) });
    // What a shortcut answers at once takes no room.
    this.entrance.guardPipeline({ admit: (request) => this.admitByRoom(request) });
    this.calls.guard(() => this.admitsCall());
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  /** Something that was let in here has been refused further on, for want of room. */
  countShed(reason: string): void {
    this.shed.inc({ reason });
  }

  private arrive(): void {
    this.arrived += 1;
    this.delay.sample();
    this.arm();
  }

  /** While something comes, and until all is let in again. */
  private arm(): void {
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.look(), INTERVAL_MS);
    this.timer.unref();
  }

  /** Of other processes and of other roles. */
  private get underWay(): number {
    return this.entrance.requestsInFlight + this.calls.underWay;
  }

  /** Vital calls are not asked about. */
  private admitsCall(): boolean {
    this.arrive();
    const reason = !this.shedder.isInShare()
      ? 'event loop delay'
      : this.shedder.hasRoomBeside(this.underWay)
        ? null
        : 'in flight';
    if (reason !== null) this.shed.inc({ reason });
    return reason === null;
  }

  private admitByDelay(request: IncomingMessage): Refusal | null {
    this.arrive();
    return this.shedder.share === 1 || isVital(request.url) || this.shedder.isInShare()
      ? null
      : this.refuse('event loop delay');
  }

  private admitByRoom(request: IncomingMessage): Refusal | null {
    const isVitalPath = isVital(request.url);
    if (!isVitalPath && !this.shedder.hasRoomBeside(this.underWay)) {
      return this.refuse('in flight');
    }
    const most = isVitalPath ? this.mostRequests : Math.ceil(this.mostRequests * SHARE_OF_ONE_ADDRESS);
    return this.connections.placesOf(this.addresses.of(request)) < most || this.isRole(request)
      ? null
      : this.refuse('in flight of one address');
  }

  private isRole({ headers }: IncomingMessage): boolean {
    return this.guard.allows(headers.authorization);
  }

  private refuse(reason: 'event loop delay' | 'in flight' | 'in flight of one address'): Refusal {
    this.shed.inc({ reason });
    return BUSY;
  }

  private look(): void {
    this.timer = undefined;
    const { samples, leastMs } = this.delay.take();
    const { arrived } = this;
    this.arrived = 0;
    const before = this.shedder.share;
    const delayMs = samples < FEWEST_SAMPLES ? 0 : leastMs;
    this.shedder.passed({ delayMs, requestsPerTurn: arrived / Math.max(samples, 1) });
    if (before === 1 && this.shedder.share < 1) {
      this.logger.warn(`Overloaded: the event loop is ${Math.round(delayMs)} ms late; some requests get 503`);
    } else if (before < 1 && this.shedder.share === 1) {
      this.logger.log('Not overloaded any more');
    }
    if (this.shedder.share < 1) this.arm();
  }
}

function isVital(url: string | undefined): boolean {
  return url !== undefined && VITAL.some((path) => url.startsWith(path));
}
