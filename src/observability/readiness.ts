import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';

export type ReadinessState =
  /** `details`: what an operator may want to see. */
  | { readonly ready: true; readonly details?: Readonly<Record<string, unknown>> }
  | { readonly ready: false; readonly reason: string };

/** Throwing, or taking longer than a second, is not being ready. */
export type ReadinessCheck = () => ReadinessState | Promise<ReadinessState>;

/** A check that hangs is a check that failed. */
const CHECK_TIMEOUT_MS = 1000;

/** Whether this process should be sent requests. A role adds its checks; while it drains it is not ready, whatever they say. */
@Injectable()
export class Readiness {
  private readonly named = new Map<string, ReadinessCheck>();
  private readonly listeners: (() => void)[] = [];
  private isDraining = false;

  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  add(name: string, check: ReadinessCheck): void {
    this.named.set(name, check);
    this.changed();
  }

  get draining(): boolean {
    return this.isDraining;
  }

  drain(): void {
    this.isDraining = true;
    this.changed();
  }

  /** Said by whoever knows that a check may have another answer now. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  /** Called when it is to be looked at again. */
  listen(listener: () => void): void {
    this.listeners.push(listener);
  }

  async state(): Promise<'ready' | 'not ready' | 'stopping'> {
    try {
      await this.look();
      return 'ready';
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return this.isDraining ? 'stopping' : 'not ready';
    }
  }

  /** Throws, in the form of terminus, when something is not ready. */
  look(): Promise<HealthCheckResult> {
    if (this.isDraining) {
      return this.health.check([() => this.indicators.check('process').down('stopping')]);
    }
    return this.health.check(
      [...this.named].map(
        ([name, check]) =>
          () =>
            this.indicators
              .check(name)
              .attempt(async () => {
                const state = await check();
                if (!state.ready) throw new Error(state.reason);
                return state.details;
              })
              .withTimeout(CHECK_TIMEOUT_MS),
      ),
    );
  }
}
