import { FaultProxy } from '../../support/fault-proxy.js';
import { type PlacedRole } from '../../support/layout.js';
import { freePorts } from '../../support/ports.js';

/** A wire from every catalog to every other, and one to each for the other roles: a catalog can be cut off while it runs. */
export class Wires {
  private readonly moved = new Map<string, string>();

  private constructor(
    private readonly ports: readonly number[],
    /** `between[i][j]`: from catalog i to catalog j. */
    private readonly between: readonly (readonly FaultProxy[])[],
    /** To each catalog, for those that are no catalogs. */
    private readonly toEach: readonly FaultProxy[],
  ) {}

  static async lay(catalogs: number): Promise<Wires> {
    const ports = await freePorts(catalogs);
    // Catalogs are ordered by their addresses, so each has a host of its own: the same order from wherever one looks.
    const lay = (): Promise<FaultProxy[]> =>
      Promise.all(
        ports.map(async (port, index) => (await FaultProxy.open(`127.0.0.${index + 2}`)).leadTo(port)),
      );
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
    this.waysOf(catalog).forEach((wire) => wire.break({ kind: 'drop' }));
  }

  mend(catalog: number): void {
    this.waysOf(catalog).forEach((wire) => wire.mend());
  }

  close(): void {
    [...this.between.flat(), ...this.toEach].forEach((wire) => wire.close());
  }

  private waysOf(catalog: number): FaultProxy[] {
    const inner = this.between.flatMap((row, from) =>
      row.filter((_, to) => from === catalog || to === catalog),
    );
    return [...inner, ...this.toEach.slice(catalog, catalog + 1)];
  }
}
