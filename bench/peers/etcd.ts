import { join } from 'node:path';
import { Agent, request } from 'undici';
import { freePorts } from '../../test/support/ports.js';
import { isInstalled, Running } from '../processes.js';

const MEMBERS = 3;
/** Conflicts in a row after which a client gives up. */
const MOST_TRIES = 1_000;

/** Debian's package: `apt-get install etcd-server`. */
export const hasEtcd = (): boolean => isInstalled('etcd');

const base64 = (text: string): string => Buffer.from(text).toString('base64');

interface TxnAnswer {
  readonly succeeded?: boolean;
  readonly responses?: readonly {
    readonly response_range?: { readonly kvs?: readonly { readonly mod_revision: string }[] };
  }[];
}

/** Three members on this machine, asked over their JSON gateway to lower a key if nobody else has since it was read. */
export class Etcd {
  private readonly agent = new Agent({ connections: 64, pipelining: 1 });
  /** The revision of each key as this client last saw it. */
  private readonly revisions = new Map<string, string>();

  private constructor(
    private readonly members: readonly Running[],
    private readonly url: string,
  ) {}

  static async start(folder: string): Promise<Etcd> {
    const ports = await freePorts(2 * MEMBERS);
    const peer = (index: number): string => `http://127.0.0.1:${ports[2 * index]}`;
    const client = (index: number): string => `http://127.0.0.1:${ports[2 * index + 1]}`;
    const indexes = Array.from({ length: MEMBERS }, (_, index) => index);
    const cluster = indexes.map((index) => `m${index}=${peer(index)}`).join(',');
    const members = indexes.map(
      (index) =>
        new Running({
          command: 'etcd',
          args: [
            ...['--name', `m${index}`, '--data-dir', join(folder, `etcd-${index}`)],
            ...['--listen-peer-urls', peer(index), '--initial-advertise-peer-urls', peer(index)],
            ...['--listen-client-urls', client(index), '--advertise-client-urls', client(index)],
            ...['--initial-cluster', cluster, '--log-level', 'error'],
          ],
          folder,
          name: `etcd-${index}`,
        }),
    );
    const etcd = new Etcd(members, client(0));
    await members[0]?.ready(
      async () => (await etcd.post('/v3/kv/range', { key: base64('x') })) !== undefined,
    );
    return etcd;
  }

  get pids(): number[] {
    return this.members.map(({ pid }) => pid);
  }

  /** One compare-and-swap that succeeds, however many it takes. */
  async lower(key: string): Promise<boolean> {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      const answer = (await this.post('/v3/kv/txn', {
        compare: [
          { key: base64(key), target: 'MOD', result: 'EQUAL', mod_revision: this.revisions.get(key) ?? '0' },
        ],
        success: [{ request_put: { key: base64(key), value: base64('copies') } }, range(key)],
        failure: [range(key)],
      })) as TxnAnswer | undefined;
      if (answer === undefined) return false;
      const seen = answer.responses?.at(-1)?.response_range?.kvs?.[0]?.mod_revision;
      if (seen !== undefined) this.revisions.set(key, seen);
      if (answer.succeeded === true) return true;
    }
    return false;
  }

  async end(): Promise<void> {
    await Promise.all(this.members.map((member) => member.kill()));
    await this.agent.destroy();
  }

  private async post(path: string, body: object): Promise<unknown> {
    const answer = await request(`${this.url}${path}`, {
      method: 'POST',
      dispatcher: this.agent,
      body: JSON.stringify(body),
    });
    const value = (await answer.body.json()) as object;
    return answer.statusCode === 200 ? value : undefined;
  }
}

function range(key: string): object {
  return { request_range: { key: base64(key) } };
}
