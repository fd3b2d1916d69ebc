import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../../support/layout.js';
import { freePorts } from '../../support/ports.js';
import { until } from '../../support/until.js';
import { docker, dockerWith, IMAGE } from './docker.js';
import { RoleContainer } from './role-container.js';

const POLL_MS = 500;

/** A bookstore in containers as docker/compose*.yaml says, but for its secrets and the ports on this machine. Call `end` whatever happens. */
export class ContainerBookstore {
  readonly catalogs: readonly RoleContainer[];
  readonly orders: readonly RoleContainer[];
  readonly frontEnds: readonly RoleContainer[];
  /** Where buyers find the front-ends. */
  addresses: readonly string[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), 'bazar-containers-'));
  private readonly overrides = join(this.folder, 'overrides.yaml');
  private readonly env: Record<string, string> = { BAZAR_IMAGE: IMAGE };

  constructor(
    private readonly file: 'compose.yaml' | 'compose.two-replicas.yaml',
    readonly project: string,
    { catalogs, frontEnds }: { readonly catalogs: number; readonly frontEnds: number },
  ) {
    const several = (service: string, count: number) =>
      Array.from({ length: count }, (_, index) => new RoleContainer(project, `${service}-${index + 1}`));
    this.catalogs = several('catalog', catalogs);
    this.orders = several('order', 2);
    this.frontEnds = several('front-end', frontEnds);
  }

  get roles(): readonly RoleContainer[] {
    return [...this.catalogs, ...this.orders, ...this.frontEnds];
  }

  /** Built, where it is not yet, and every container healthy. */
  async start(): Promise<void> {
    this.writeOverrides();
    const ports = await freePorts(this.frontEnds.length);
    this.addresses = ports.map((port) => `http://127.0.0.1:${port}`);
    ports.forEach((port, index) => (this.env[`FRONT_END_${index + 1}_PORT`] = String(port)));
    // What a run that was killed left would be taken for new.
    await this.compose('down', '--volumes', '--timeout', '1');
    await this.compose('up', '--build', '--detach', '--wait').catch(async (error) => {
      throw new Error(`${String(error)}\n${await this.state()}`, { cause: error });
    });
  }

  /** Secrets of its own. */
  private writeOverrides(): void {
    const secrets: Record<string, { file: string }> = {};
    for (const [name, secret] of [
      ['cluster_secret', 'a-secret-of-at-least-32-characters'],
      ['peer_secret', 'what-catalogs-alone-show-each-other'],
      ['admin_token', ADMIN_TOKEN],
    ] as const) {
      const file = join(this.folder, name);
      writeFileSync(file, `${secret}\n`);
      secrets[name] = { file };
    }
    // JSON is YAML as well.
    writeFileSync(this.overrides, JSON.stringify({ secrets }));
  }

  /** What there is to see when something went wrong: health checks and last lines. */
  private async state(): Promise<string> {
    const format = '{{.Name}} {{.State.Status}} {{json .State.Health}}';
    const health = await Promise.all(this.roles.map((role) => role.inspect(format).catch(String)));
    return [...health, await this.compose('logs', '--no-color', '--tail', '10')].join('\n');
  }

  async compose(...args: string[]): Promise<string> {
    const files = ['--file', `docker/${this.file}`, '--file', this.overrides];
    return dockerWith(this.env, 'compose', '--project-name', this.project, ...files, ...args);
  }

  async heal(): Promise<void> {
    await Promise.all(this.roles.map((role) => role.heal()));
  }

  /** All catalogs hold the same books, at the same sequence numbers. */
  async untilEqual(): Promise<void> {
    await until(
      'all catalogs hold the same',
      async () => {
        const dumps = await Promise.all(this.catalogs.map((catalog) => catalog.dump()));
        return new Set(dumps.map((dump) => JSON.stringify(dump))).size === 1;
      },
      60_000,
      POLL_MS,
    );
  }

  /** Containers, networks and volumes are gone. */
  async end(): Promise<void> {
    const paused = await docker(
      'ps',
      '--quiet',
      '--filter',
      `name=^${this.project}-`,
      '--filter',
      'status=paused',
    );
    if (paused !== '') await docker('unpause', ...paused.split('\n'));
    await this.compose('down', '--volumes', '--timeout', '1');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
