import { randomUUID } from 'node:crypto';
import { type Server } from 'node:http';
import { type Call } from '../../src/contract/call.js';
import { OPERATION_KINDS } from '../../src/contract/catalog-operations.js';
import { RpcHandlers } from '../../src/rpc/handlers.js';
import { type LineEnd } from '../../src/rpc/handshake.js';
import { Link } from '../../src/rpc/link.js';
import { type LineAddress, type LineIdentity, openLine } from '../../src/rpc/opening.js';
import { RpcServer } from '../../src/rpc/server.js';

const CONNECT_TIMEOUT_MS = 2_000;

function identityOf(role: LineEnd['role'], address: string, secret: string): LineIdentity {
  return { self: { role, address, id: randomUUID(), operations: OPERATION_KINDS }, keys: () => [secret] };
}

/** Has a test's server answer on the line as a role would. */
export function answerOnLine(
  server: Server,
  as: { readonly role: LineEnd['role']; readonly address: string; readonly secret: string },
): { readonly handlers: RpcHandlers; readonly line: RpcServer } {
  const handlers = new RpcHandlers();
  const line = new RpcServer(identityOf(as.role, as.address, as.secret), handlers);
  line.attach(server);
  return { handlers, line };
}

/** A line to a role, as another role keeps one; close it. */
export function lineTo(
  address: string,
  secret: string,
  {
    audience = 'roles',
    handlers = new RpcHandlers(),
  }: { audience?: LineAddress['audience']; handlers?: RpcHandlers } = {},
): Link {
  const to = { address, audience, channel: 'calls' } as const;
  const identity = identityOf('frontend', 'http://127.0.0.1:1', secret);
  return new Link(to, () => openLine(to, identity, handlers, CONNECT_TIMEOUT_MS));
}

/** What a role answers to one call, on a line of its own; throws when it does not. */
export async function askOnLine<Request, Answer>(
  address: string,
  secret: string,
  call: Call<Request, Answer>,
  request: Request,
  timeoutMs = 10_000,
): Promise<Answer> {
  const line = lineTo(address, secret);
  try {
    const result = await line.call(call, request, { timeoutMs });
    if (result.kind === 'answered') return result.answer;
    throw new Error(`${call.name}: ${result.kind}: ${result.reason}`);
  } finally {
    line.close();
  }
}
