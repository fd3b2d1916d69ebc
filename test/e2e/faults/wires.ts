import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type PlacedRole } from '../../support/layout.js';
import { freePorts } from '../../support/ports.js';

interface Line {
  readonly near: Socket;
  readonly far: Socket;
}

/** A way to one port that can be cut: bytes and connections then get nowhere, nobody is told, and what was sent arrives when it is mended. */
class Wire {
  private readonly lines = new Set<Line>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly targetPort: number,
  ) {
    server.on('connection', (near) => this.join(near));
  }

  /** Catalogs are ordered by their addresses, so each has a host of its own: the same order from wherever one looks. */
  static async lay(host: string, targetPort: number): Promise<Wire> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return new Wire(server, targetPort);
  }

  get address(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  cut(): void {
    this.isCut = true;
    for (const { near, far } of this.lines) {
      near.unpipe(far).pause();
      far.unpipe(near).pause();
    }
  }

  mend(): void {
    this.isCut = false;
    for (const line of this.lines) {
      if (line.near.destroyed || line.far.destroyed) this.end(line);
      else this.run(line);
    }
  }

  close(): void {
    for (const line of [...this.lines]) this.end(line);
    this.server.close();
  }

  private join(near: Socket): void {
    const line = { near, far: connect(this.targetPort, '127.0.0.1') };
    this.lines.add(line);
    for (const socket of [line.near, line.far]) {
      // `close` follows.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        if (!this.isCut) this.end(line);
      });
    }
    if (!this.isCut) this.run(line);
  }

  private run({ near, far }: Line): void {
    near.pipe(far);
    far.pipe(near);
  }

  private end(line: Line): void {
    line.near.destroy();
    line.far.destroy();
    this.lines.delete(line);
  }
}

/** A wire from every catalog to every other, and one to each for the other roles: a catalog can be cut off while it runs. */
export class Wires {
  private readonly moved = new Map<string, string>();

  private constructor(
    private readonly ports: readonly number[],
    /** `between[i][j]`: from catalog i to catalog j. */
    private readonly between: readonly (readonly Wire[])[],
    /** To each catalog, for those that are no catalogs. */
    private readonly toEach: readonly Wire[],
  ) {}

  static async lay(catalogs: number): Promise<Wires> {
    const ports = await freePorts(catalogs);
    const lay = (): Promise<Wire[]> =>
      Promise.all(ports.map((port, index) => Wire.lay(`127.0.0.${index + 2}`, port)));
    return new Wires(ports, await Promise.all(ports.map(lay)), await lay());
  }

  /** For `Layout.adjust`: catalogs come first, and move behind their wires. */
  readonly adjust = (placed: PlacedRole): PlacedRole => {
    const index = this.moved.size;
    const { env } = placed;
    if (env['ROLE'] !== 'catalog') {
      const addresses = (env['CATALOG_ADDRESSES'] ?? '').split('|').map((each) => this.moved.get(each));
      return { ...placed, env: { ...env, CATALOG_ADDRESSES: addresses.join('|') } };
    }
    const address = this.toEach[index]?.address ?? '';
    this.moved.set(placed.address, address);
    const others = this.between[index]?.filter((_, to) => to !== index) ?? [];
    const settings = {
      PORT: String(this.ports[index]),
      ADVERTISED_ADDRESS: address,
      CATALOG_ADDRESSES: others.map((wire) => wire.address).join('|'),
    };
    return { ...placed, address, env: { ...env, ...settings } };
  };

  /** A catalog's own address, which no wire leads to. */
  direct(catalog: number): string {
    return `http://127.0.0.1:${this.ports[catalog]}`;
  }

  /** Nothing reaches that catalog, and it reaches no other. */
  cutOff(catalog: number): void {
    this.waysOf(catalog).forEach((wire) => wire.cut());
  }

  mend(catalog: number): void {
    this.waysOf(catalog).forEach((wire) => wire.mend());
  }

  close(): void {
    [...this.between.flat(), ...this.toEach].forEach((wire) => wire.close());
  }

  private waysOf(catalog: number): Wire[] {
    const inner = this.between.flatMap((row, from) =>
      row.filter((_, to) => from === catalog || to === catalog),
    );
    return [...inner, ...this.toEach.slice(catalog, catalog + 1)];
  }
}
