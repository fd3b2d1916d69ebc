import { type FastifyReply } from 'fastify';
import { ALONE_HEADER, REPLICA_HEADER } from '../../contract/internal.js';
import { type ReplicaHost } from '../replica/replica.host.js';

/** Names the replica, which every answer does. */
export function replicaHeaders(host: Pick<ReplicaHost, 'identity'>): Record<string, string> {
  const identity = host.identity();
  return identity === null ? {} : { [REPLICA_HEADER]: identity };
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
