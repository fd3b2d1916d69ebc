import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { BareSqlite } from './sqlite.js';

/**
 * `node bare-sale-server.js PORT FOLDER BOOKS [PEER…]`: a sale with nothing around it. `PUT /sale/ID` updates one row with its sync
 * and, meanwhile, tells each peer to do the same (`PUT /copy/ID`); it answers when all have. No protocol, no checks: a floor, not a shop.
 */
const [port = '0', folder = '', books = '0', ...peers] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const sqlite = new BareSqlite(folder, Number(books));
const pools = peers.map((peer) => new Pool(peer, { connections: 64 }));

async function copyTo(pool: Pool, id: number): Promise<void> {
  const { body } = await pool.request({ method: 'PUT', path: `/copy/${id}` });
  await body.dump();
}

createServer((request, response) => {
  request.resume().on('end', () => {
    const [, kind, id] = (request.url ?? '').split('/');
    const copies = kind === 'sale' ? pools.map((pool) => copyTo(pool, Number(id))) : [];
    sqlite.sell([Number(id)]);
    const answer = (): unknown => response.writeHead(204).end();
    if (copies.length === 0) answer();
    else
      void Promise.all(copies).then(answer, () => {
        response.writeHead(500).end();
      });
  });
}).listen(Number(port), '127.0.0.1');
