import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { ALONE_HEADER, FRONT_END_HEADER, REPLICA_HEADER } from '../../contract/internal.js';
import { type ReadResult } from '../../core/replication/results.js';
import { type ReplicaHost } from '../replica/replica.host.js';

/** Names the replica, which every answer does. */
export function replicaHeaders(host: Pick<ReplicaHost, 'identity'>): Record<string, string> {
  const identity = host.identity();
  return identity === null ? {} : { [REPLICA_HEADER]: identity };
}

/** Which front-end asks; null: none that could be told when the answer changes. */
export function frontEndIn(headers: IncomingHttpHeaders): string | null {
  const frontEndId = headers[FRONT_END_HEADER];
  return typeof frontEndId === 'string' ? frontEndId : null;
}

/** F2, F5: only who is known will hear that the book has changed. */
export function mayKeep(result: ReadResult, frontEndId: string | null): boolean {
  return frontEndId !== null && result.kind !== 'unavailable' && result.alone;
}

/** Whether a front-end may keep this answer (F2). */
export function tellAlone(reply: FastifyReply, alone: boolean): void {
  if (alone) void reply.header(ALONE_HEADER, '1');
}

/** Points to the page after this one. */
export function linkNext(
  reply: FastifyReply,
  path: string,
  query: Readonly<Record<string, string | number>>,
): void {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.append(name, String(value));
  void reply.header('link', `<${path}?${parameters.toString()}>; rel="next"`);
}
