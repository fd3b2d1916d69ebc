import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Load } from '../run.js';
import { wrk } from '../wrk.js';

/** What the buyers of a workload do. */
export interface Buyers {
  readonly connections: number;
  /** Looked up by this share of the requests; the others buy. */
  readonly lookups: number;
  /** Among which they choose at random. */
  readonly books: readonly number[];
}

/** Buyers by wrk, spread over the addresses of a shop. */
export function buyersAt(
  addresses: readonly string[],
  buyers: Buyers,
  seconds: number,
  folder: string,
): Promise<Load> {
  const used = addresses.slice(0, buyers.connections);
  const script = join(folder, 'buyers.lua');
  writeFileSync(script, scriptOf(used, buyers));
  return wrk(used[0] ?? '', seconds, { connections: buyers.connections, threads: used.length, script });
}

/** A thread for each address. The requests are made once, so that the load stays cheap. */
function scriptOf(addresses: readonly string[], { lookups, books }: Buyers): string {
  const list = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;
  const places = addresses.map((address) => {
    const { hostname, port } = new URL(address);
    return `{"${hostname}","${port}"}`;
  });
  return `local places = ${list(places)}
local books = ${list(books)}
local threads = 0
local lookups, buys = {}, {}
function setup(thread)
  threads = threads + 1
  thread.addr = wrk.lookup(places[threads][1], places[threads][2])[1]
  thread:set("seed", threads)
end
function init(args)
  math.randomseed(seed)
  for i, book in ipairs(books) do
    lookups[i] = wrk.format("GET", "/lookup/" .. book)
    buys[i] = wrk.format("PUT", "/buy/" .. book, {["Content-Length"] = "0"})
  end
end
function request()
  local at = math.random(#books)
  if math.random() < ${lookups} then return lookups[at] end
  return buys[at]
end
`;
}
