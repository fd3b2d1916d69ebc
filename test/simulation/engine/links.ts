import { type Content } from '../messages.js';
import { type Prng } from './prng.js';
import { type Schedule } from './schedule.js';

export interface LinkFaults {
  /** Mean of the usual delay, which is exponential. */
  delayMs: number;
  lossProbability: number;
  repeatProbability: number;
  /** Probability and mean of an additional, long delay: such a message is overtaken by many. */
  straggleProbability: number;
  straggleMs: number;
}

export type Verdict = 'deliver' | 'drop' | { readonly delayMs: number };

/** A scripted schedule decides about each message itself; `null` leaves it to chance. */
export type Script = (parcel: Parcel) => Verdict | null;

export interface Parcel {
  readonly from: string;
  readonly to: string;
  readonly content: Content;
  /** Requests over HTTP are not repeated by the transport; peer messages and invalidations are. */
  readonly mayRepeat: boolean;
  /** True time at which it leaves the sender. */
  readonly leaves: number;
  readonly deliver: () => void;
}

/** The network: every message takes its own time, may be lost or repeated, and links can be cut or stalled one way. */
export class Links {
  /** Directed links that lose everything, `from>to`. */
  private readonly cut = new Set<string>();
  /** Directed links that hold everything back, with what waits there. */
  private readonly stalled = new Map<string, Parcel[]>();
  script: Script | null = null;
  sent = 0;

  constructor(
    private readonly schedule: Schedule,
    private readonly random: Prng,
    readonly faults: LinkFaults,
    private readonly onLost: (parcel: Parcel) => void,
  ) {}

  send(parcel: Parcel): void {
    this.sent += 1;
    const verdict = this.script?.(parcel) ?? null;
    if (verdict === 'drop') this.onLost(parcel);
    else if (verdict === 'deliver') this.carry(parcel, 1);
    else if (verdict !== null) this.carry(parcel, verdict.delayMs);
    else this.sendAtRandom(parcel);
  }

  private sendAtRandom(parcel: Parcel): void {
    const link = `${parcel.from}>${parcel.to}`;
    if (this.cut.size > 0 && this.cut.has(link)) {
      this.onLost(parcel);
      return;
    }
    const held = this.stalled.size > 0 ? this.stalled.get(link) : undefined;
    if (held !== undefined) {
      held.push(parcel);
      return;
    }
    const { faults, random } = this;
    if (random.chance(faults.lossProbability)) this.onLost(parcel);
    else this.carry(parcel, this.delay());
    if (parcel.mayRepeat && random.chance(faults.repeatProbability)) this.carry(parcel, this.delay());
  }

  private delay(): number {
    const usual = 0.1 + this.random.exponential(this.faults.delayMs);
    if (!this.random.chance(this.faults.straggleProbability)) return usual;
    return usual + this.random.exponential(this.faults.straggleMs);
  }

  private carry(parcel: Parcel, delayMs: number): void {
    this.schedule.at(Math.max(parcel.leaves, this.schedule.now) + delayMs, parcel.deliver);
  }

  cutLink(from: string, to: string): void {
    this.cut.add(`${from}>${to}`);
  }

  stallLink(from: string, to: string): void {
    const link = `${from}>${to}`;
    if (!this.stalled.has(link)) this.stalled.set(link, []);
  }

  mendLink(from: string, to: string): void {
    const link = `${from}>${to}`;
    this.cut.delete(link);
    const held = this.stalled.get(link);
    this.stalled.delete(link);
    for (const parcel of held ?? []) this.carry(parcel, this.delay());
  }

  mendAll(): void {
    this.cut.clear();
    for (const link of [...this.stalled.keys()]) {
      const [from = '', to = ''] = link.split('>');
      this.mendLink(from, to);
    }
  }
}
