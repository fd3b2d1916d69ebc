import { Injectable } from '@nestjs/common';

export type ReadinessState =
  /** `details`: what an operator may want to see. */
  | { readonly ready: true; readonly details?: Readonly<Record<string, unknown>> }
  | { readonly ready: false; readonly reason: string };

/** Throwing, or taking longer than a second, is not being ready. */
export type ReadinessCheck = () => ReadinessState | Promise<ReadinessState>;

/** Whether this process should be sent requests. A role adds its checks; while it drains it is not ready, whatever they say. */
@Injectable()
export class Readiness {
  private readonly named = new Map<string, ReadinessCheck>();
  private isDraining = false;

  add(name: string, check: ReadinessCheck): void {
    this.named.set(name, check);
  }

  get checks(): readonly (readonly [string, ReadinessCheck])[] {
    return [...this.named];
  }

  get draining(): boolean {
    return this.isDraining;
  }

  drain(): void {
    this.isDraining = true;
  }
}
