import { fastify, type FastifyInstance } from 'fastify';
import { type Call } from '../../src/contract/call.js';
import { readinessCall, type ReadinessNews, readinessNotice } from '../../src/contract/watching.js';
import { type RpcHandlers } from '../../src/rpc/handlers.js';
import { type RpcServer } from '../../src/rpc/server.js';
import { answerOnLine } from '../support/line.js';

export const CLUSTER_SECRET = 'a-cluster-secret-for-tests-of-the-front-end';

/** What a fake does with a request of its role's own kind: a value is the body of a 200. */
export type Behaviour = 'serve' | 'hold' | 'hang' | 'reset' | ToldAnswer;

interface ToldAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A role that a test plays: what it answers on the line. */
export abstract class FakeServer {
  readonly requests: {
    /** As a path of the original would have it. */
    readonly url: string;
    readonly leftMs: number;
  }[] = [];
  behaviour: Behaviour = 'serve';
  protected readonly app: FastifyInstance = fastify({ forceCloseConnections: true });
  private held: (() => void)[] = [];
  private state: ReadinessNews['state'] = 'ready';
  protected readonly handlers: RpcHandlers;
  protected readonly line: RpcServer;

  constructor(
    readonly address: string,
    role: 'catalog' | 'order',
  ) {
    const { handlers, line } = answerOnLine(this.app.server, { role, address, secret: CLUSTER_SECRET });
    [this.handlers, this.line] = [handlers, line];
    handlers.handle(readinessCall, () => ({ state: this.state }));
    handlers.guard(() => !isShedding(this.behaviour));
    this.app.addHook('preClose', (done) => {
      for (const connection of line.open) connection.destroy('stopped');
      done();
    });
  }

  async start(): Promise<this> {
    await this.app.listen({ port: Number(new URL(this.address).port), host: '127.0.0.1' });
    return this;
  }

  async stop(): Promise<void> {
    this.release();
    await this.app.close();
  }

  /** As a role does when it changes: unasked. */
  become(state: ReadinessNews['state']): void {
    this.state = state;
    for (const connection of this.line.open) connection.tell(readinessNotice, JSON.stringify({ state }));
  }

  get heldCount(): number {
    return this.held.length;
  }

  /** Lets held requests be answered, with what holds when they came. */
  release(): void {
    for (const answer of this.held.splice(0)) answer();
  }

  count(what: RegExp): number {
    return this.requests.filter(({ url }) => what.test(url)).length;
  }

  /** `path`: as what it is counted. `told`: the answer that says what a status would; else it breaks. */
  protected answer<Request, Answer>(
    call: Call<Request, Answer>,
    path: (request: Request) => string,
    serve: (request: Request) => Answer,
    told: (status: number, body: object | undefined) => Answer | undefined,
  ): void {
    this.handlers.handle(call, async (request, { leftMs }) => {
      this.requests.push({ url: path(request), leftMs });
      const { behaviour } = this;
      switch (behaviour) {
        case 'serve':
          return serve(request);
        case 'hold': {
          const answer = serve(request);
          await new Promise<void>((resolve) => this.held.push(resolve));
          return answer;
        }
        case 'hang':
          return new Promise<Answer>(() => undefined);
        case 'reset':
          for (const connection of this.line.open) connection.destroy('reset');
          return new Promise<Answer>(() => undefined);
        default: {
          const answer = told(behaviour.status, behaviour.body);
          if (answer === undefined) throw new Error('as told');
          return answer;
        }
      }
    });
  }
}

function isShedding(behaviour: Behaviour): boolean {
  return typeof behaviour === 'object' && behaviour.headers?.['retry-after'] !== undefined;
}
