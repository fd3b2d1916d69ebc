import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { type LookupFunction } from 'node:net';

type Callback = Parameters<LookupFunction>[2];
type Resolve = (
  hostname: string,
  options: LookupOptions,
  callback: (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void,
) => void;

/**
 * Host names to addresses, each name asked for once at a time. The system looks up in a thread of libuv's pool, which has four, and
 * may take ten seconds for the name of a container that is gone: attempt after attempt to reach it would take all of them, and
 * with them the way to everybody who is there.
 */
export function sharedLookUp(resolve: Resolve = lookup): LookupFunction {
  const waiting = new Map<string, Callback[]>();
  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options.family, options.hints, options.all]);
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(callback);
      return;
    }
    const callbacks = [callback];
    waiting.set(key, callbacks);
    resolve(hostname, options, (...answer) => {
      waiting.delete(key);
      for (const each of callbacks) each(...answer);
    });
  };
}
