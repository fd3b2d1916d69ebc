import { Injectable } from '@nestjs/common';

/** Sessions end within seconds; of front-ends that come and go, only the latest are of interest. */
const MOST_KEPT = 256;

/** Where the front-ends that asked for sessions can be reached: a front-end finds its siblings by it. */
@Injectable()
export class SessionAddresses {
  private readonly addresses = new Map<string, string>();

  asked(frontEndId: string, address: string): void {
    if (this.addresses.get(frontEndId) === address) return;
    this.addresses.set(frontEndId, address);
    const oldest = this.addresses.keys().next();
    if (this.addresses.size > MOST_KEPT && oldest.done !== true) this.addresses.delete(oldest.value);
  }

  of(frontEndId: string): string | null {
    return this.addresses.get(frontEndId) ?? null;
  }
}
