import { type ReplicaStatus } from '../../../src/core/replication/api.js';
import { type DumpedBook } from '../../../src/contract/catalog.js';
import { type LedgerHolder } from '../../support/history-ledger.js';
import { until } from '../../support/until.js';
import { docker } from './docker.js';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 500;

/** Asks the role from inside its container, for nothing else reaches a catalog. */
const ASK = `
  const secret = require('node:fs').readFileSync(process.env.CLUSTER_SECRET_FILE, 'utf8').trim();
  fetch('http://127.0.0.1:5000' + process.argv[1], { headers: { authorization: 'Bearer ' + secret } }).then(
    async (answer) => console.log(answer.status + ' ' + (await answer.text())),
  );
`;

export type Network = 'edge' | 'inner';

/** One role in its container, which a test may kill, pause, cut off and start again. */
export class RoleContainer implements LedgerHolder {
  private isPaused = false;
  private readonly cutOffFrom = new Set<Network>();

  constructor(
    private readonly project: string,
    readonly service: string,
  ) {}

  get name(): string {
    return `${this.project}-${this.service}-1`;
  }

  /** As a crash leaves it; the engine does not start it again, since it was told to. */
  async kill(): Promise<void> {
    await docker('kill', this.name);
  }

  async stop(): Promise<void> {
    await docker('stop', this.name);
  }

  /** Also of one that runs already. */
  async start(): Promise<void> {
    await docker('start', this.name);
  }

  async freeze(): Promise<void> {
    await docker('pause', this.name);
    this.isPaused = true;
  }

  async thaw(): Promise<void> {
    await docker('unpause', this.name);
    this.isPaused = false;
  }

  async disconnect(network: Network): Promise<void> {
    await docker('network', 'disconnect', `${this.project}_${network}`, this.name);
    this.cutOffFrom.add(network);
  }

  /** Under the name that compose gave it there. */
  async connect(network: Network): Promise<void> {
    await docker('network', 'connect', '--alias', this.service, `${this.project}_${network}`, this.name);
    this.cutOffFrom.delete(network);
  }

  /** Runs, on all its networks, and is ready. */
  async heal(): Promise<void> {
    if (this.isPaused) await this.thaw();
    for (const network of [...this.cutOffFrom]) await this.connect(network);
    await this.start();
    await this.ready();
  }

  /** By the image's own health check, asked now. */
  async ready(): Promise<void> {
    let last = '';
    const isReady = async (): Promise<boolean> => {
      try {
        await docker('exec', this.name, 'node', 'dist/main.js', 'healthcheck');
        return true;
      } catch (error) {
        last = String(error);
        return false;
      }
    };
    await until(`${this.name} is ready`, isReady, READY_WITHIN_MS, POLL_MS).catch(async () => {
      throw new Error(
        `${this.name} is not ready: ${last}\n${await docker('logs', '--tail', '40', this.name)}`,
      );
    });
  }

  async exec(...command: string[]): Promise<string> {
    return docker('exec', this.name, ...command);
  }

  async inspect(format: string): Promise<string> {
    return docker('inspect', '--format', format, this.name);
  }

  async status(): Promise<ReplicaStatus | null> {
    try {
      return await this.ask<ReplicaStatus>('/status');
    } catch {
      return null;
    }
  }

  /** What a catalog holds, without the marks, which come and go. */
  async dump(): Promise<Omit<DumpedBook, 'valid'>[]> {
    return (await this.ask<DumpedBook[]>('/dump?limit=1000')).map(({ valid: _, ...book }) => book);
  }

  async copyTo(path: string): Promise<void> {
    for (const end of ['', '-wal'])
      await docker('cp', `${this.name}:/data/catalog.sqlite${end}`, `${path}${end}`);
  }

  private async ask<T>(path: string): Promise<T> {
    const answer = await this.exec('node', '-e', ASK, path);
    const [status] = answer.split(' ', 1);
    if (status !== '200') throw new Error(`${this.name}${path}: ${answer}`);
    return JSON.parse(answer.slice(4)) as T;
  }
}
