import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { freePorts } from '../../test/support/ports.js';
import { Running } from '../processes.js';

const SERVER = fileURLToPath(new URL('bare-sale-server.js', import.meta.url));

/** So many processes of `bare-sale-server`, the first of which sells. */
export class BareSales {
  private constructor(
    private readonly members: readonly Running[],
    private readonly pool: Pool,
  ) {}

  static async start(count: number, folder: string, books: number): Promise<BareSales> {
    const ports = await freePorts(count);
    const addresses = ports.map((port) => `http://127.0.0.1:${port}`);
    const members = ports.map((port, index) => {
      const peers = index === 0 ? addresses.slice(1) : [];
      const own = join(folder, `bare-${count}-${index}`);
      const args = [SERVER, String(port), own, String(books), ...peers];
      return new Running({
        command: process.execPath,
        args,
        folder,
        name: `bare-sales-${count}-${index}`,
      });
    });
    for (const [index, member] of members.entries()) {
      await member.ready(async () => (await fetch(`${addresses[index]}/`)).status === 204);
    }
    return new BareSales(members, new Pool(addresses[0] ?? '', { connections: 64 }));
  }

  get pids(): number[] {
    return this.members.map(({ pid }) => pid);
  }

  async sell(id: number): Promise<boolean> {
    const { statusCode, body } = await this.pool.request({ method: 'PUT', path: `/sale/${id}` });
    await body.dump();
    return statusCode === 204;
  }

  async end(): Promise<void> {
    await this.pool.close();
    for (const member of this.members) await member.end();
  }
}
