import { Inject, Injectable, Logger } from '@nestjs/common';
import { type CatalogConfig, type SqliteFile } from '../../config/index.js';
import { readinessCall } from '../../contract/watching.js';
import { quorumSize } from '../../core/replication/quorum.js';
import { Rpc } from '../../rpc/rpc.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { OWN_PROCESS, type OwnProcess } from '../../runtime/own-process.js';
import { reasonOf, StartError } from '../../runtime/start-error.js';
import { DamagedFile, isDamage, noteDamage, notedDamage, setAside } from '../store/damage.js';

/** For the others to become well, when all start at once. */
const LONGEST_WAIT_MS = 30_000;
const PAUSE_MS = 250;
const TIMEOUT_MS = 1_000;

interface Settings extends Pick<CatalogConfig, 'addresses' | 'advertisedAddress' | 'writePolicy'> {
  readonly database: SqliteFile;
}

/**
 * What becomes of a catalog whose file is damaged (docs/adr/0041): the file is set aside, and the catalog learns all from the others as a new
 * one (C3), provided that a majority of all catalogs is well without it. Else nobody may decide that but a person.
 */
@Injectable()
export class Rejoin {
  private readonly log = new Logger('Store');
  private readonly others: readonly string[];

  constructor(
    @Inject(CONFIG) private readonly config: Settings,
    @Inject(OWN_PROCESS) private readonly ownProcess: OwnProcess | null,
    private readonly rpc: Rpc,
    private readonly clock: SystemClock,
  ) {
    this.others = config.addresses.filter((address) => address !== config.advertisedAddress);
  }

  /** Opens the store; of a new file, when what is there is damaged. Throws `StartError`. */
  async open<Store>(openFile: () => Promise<Store>): Promise<Store> {
    const { path } = this.config.database;
    let reason = notedDamage(path);
    if (reason === undefined) {
      try {
        return await openFile();
      } catch (error) {
        if (!(error instanceof DamagedFile) || this.others.length === 0) throw error;
        reason = error.reason;
      }
    }
    await this.waitForMajority(path, reason);
    for (const address of this.others) this.rpc.forget(address);
    const kept = setAside(path, new Date(this.clock.wallClockMs()));
    this.log.warn(
      `${path} was damaged (${reason}): it is kept as ${kept}, and this catalog learns all from the others`,
    );
    return openFile();
  }

  /** Something in the open file makes no sense. True: this catalog is about to start anew; false: that is not it, or there is nobody to learn from. */
  begin(error: Error): boolean {
    if (!isDamage(error)) return false;
    const { path } = this.config.database;
    if (this.others.length === 0) {
      this.log.error(
        `${path} is damaged (${reasonOf(error)}), and there is no other catalog: restore a backup (docs/operation)`,
      );
      return false;
    }
    this.log.error(`${path} is damaged (${reasonOf(error)}): this catalog starts anew`);
    noteDamage(path, reasonOf(error));
    this.ownProcess?.restart();
    return true;
  }

  private async waitForMajority(path: string, reason: string): Promise<void> {
    const { addresses, writePolicy } = this.config;
    const enough = quorumSize({ replicas: addresses.length, alone: writePolicy === 'reachable' });
    const until = this.clock.monotonicMs() + LONGEST_WAIT_MS;
    for (;;) {
      const well = await this.countWell();
      if (well >= enough) return;
      if (this.clock.monotonicMs() > until) {
        throw new StartError(
          `${path} is damaged (${reason}), and ${well} of the other catalogs are well where it takes ${enough} to learn all from them: ` +
            'see to these first; where they are lost too, docs/operation/backup.md says what to do',
        );
      }
      await new Promise<void>((resolve) => this.clock.after(PAUSE_MS, resolve));
    }
  }

  private async countWell(): Promise<number> {
    const answers = await Promise.all(
      this.others.map((address) => this.rpc.to(address).call(readinessCall, {}, { timeoutMs: TIMEOUT_MS })),
    );
    return answers.filter((result) => result.kind === 'answered' && result.answer.state === 'ready').length;
  }
}
