import { type ServerResponse, STATUS_CODES } from 'node:http';

/** How long an idle connection is kept: longer than the roles' clients do, so that it is they who close it. */
export const KEEP_ALIVE_SECONDS = 72;

/** More is not copied for each answer: the bytes of a large body are sent as they lie there. */
const MAX_WHOLE_BYTES = 16 * 1024;

/** A whole answer as Node would write it, head and body, but for the date: a character for each byte. */
export interface WholeAnswer {
  readonly beforeDate: string;
  readonly afterDate: string;
}

/** `headers`: names and values in turn, the length among them. Null: the answer is too large to gain from it. */
export function prepareWhole(status: number, headers: readonly string[], body: Buffer): WholeAnswer | null {
  if (body.length > MAX_WHOLE_BYTES) return null;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}\r\n`);
  lines.push('Date: ');
  const rest = `\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_SECONDS}\r\n\r\n`;
  return { beforeDate: lines.join(''), afterDate: [rest, body.toString('latin1')].join('') };
}

/** Fields of Node's own by which it knows that a head was made and has gone. */
interface Sent {
  _header: string;
  _headerSent: boolean;
}

/**
 * Writes it in one go. Node would check and join each header anew, and hand head, body and an end without bytes to the system as three
 * pieces: a quarter of what a small answer costs. False, and nothing written, if the answer has to be otherwise (the connection is to
 * be closed, no body is wanted) or it is not its turn yet. `test/e2e/frontend-cached-reads.e2e.ts` holds it against Node's bytes.
 */
export function writeWhole(response: ServerResponse, answer: WholeAnswer): boolean {
  const { socket, req, shouldKeepAlive } = response;
  if (socket?.writable !== true || !shouldKeepAlive || req.method === 'HEAD') return false;
  const sent = response as unknown as Sent;
  sent._header = answer.beforeDate;
  sent._headerSent = true;
  socket.write(answer.beforeDate + dateOf(Date.now()) + answer.afterDate, 'latin1');
  response.end();
  return true;
}

let lastSecond = NaN;
let lastDate = '';

/** A text for each second, made once. */
function dateOf(now: number): string {
  const second = Math.floor(now / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = new Date(now).toUTCString();
  }
  return lastDate;
}
