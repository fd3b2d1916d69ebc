import { buildConnector } from 'undici';
import { sharedLookUp } from './look-up.js';

/** One for the whole process: so is the pool of threads that it spares. */
const lookup = sharedLookUp();

/** undici's connector with a bound that holds to the millisecond; its own is checked about once a second. */
export function connectorWithin(timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: 0, lookup });
  return (options, callback) => {
    let timer: NodeJS.Timeout | undefined = undefined;
    const socket = connect(options, (...outcome) => {
      clearTimeout(timer);
      callback(...outcome);
    }) as unknown as { destroy(error: Error): void };
    timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
  };
}
