import { Injectable, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Bodies } from './bodies.js';
import { notUtf8Charset } from './json-body.js';
import { NotWellAsked } from './not-well-asked.js';

/** Who may ask a path. */
export interface Gate {
  /** Throws what is answered to one that may not. */
  check(request: Pick<FastifyRequest, 'headers' | 'ip' | 'raw'>): void;
}

interface Rules {
  readonly gate?: Type<Gate>;
  readonly bodyLimitBytes?: number;
  readonly bodyByProgress?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    rules?: Rules;
  }
}

/** Of a query: more names than any path takes, and as many bytes as a filter and a cursor need. */
const MOST_QUERY_NAMES = 16;
const LONGEST_QUERY = 2_048;

const given = new WeakMap<object, Rules>();

/** Only those whom the gate lets in: all paths of a controller, or one. Looked at before the body of a request is waited for. */
export const Guarded = (gate: Type<Gate>): ClassDecorator & MethodDecorator => withRules({ gate });

/** How long a body may be; without it, as long as the app's `bodyLimit` says. */
export const BodyLimit = (bodyLimitBytes: number): ClassDecorator & MethodDecorator =>
  withRules({ bodyLimitBytes });

/** Its body may take as long as something of it comes. */
export const BodyByProgress = (): MethodDecorator => withRules({ bodyByProgress: true });

/** A path's own rules go before those of its controller. */
function withRules(rules: Rules): ClassDecorator & MethodDecorator {
  return (target: object, _key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    if (descriptor !== undefined) return add(rules, descriptor);
    const prototype = (target as { prototype: object }).prototype;
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name !== 'constructor' && typeof method.value === 'function') add(rules, method);
    }
  };
}

function add(rules: Rules, descriptor: PropertyDescriptor): void {
  const handler = descriptor.value as object;
  const all = { ...rules, ...given.get(handler) };
  given.set(handler, all);
  RouteConfig({ rules: all })({}, '', descriptor);
}

/** What every request has to keep to before its body is read, its query understood, or anything done for it. */
@Injectable()
export class RouteRules {
  private readonly gates = new Map<Type<Gate>, Gate>();

  constructor(
    private readonly modules: ModuleRef,
    private readonly bodies: Bodies,
  ) {}

  /** Before any route is added. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', (route) => {
      const limit = route.config?.rules?.bodyLimitBytes;
      if (limit !== undefined) route.bodyLimit = limit;
    });
    instance.addHook('onRequest', (request, _reply, done) => {
      try {
        this.check(request);
        done();
      } catch (error) {
        done(error as Error);
      }
    });
  }

  private check(request: FastifyRequest): void {
    // Answered by the error filter; nobody reads a body for it.
    if (request.is404) throw new NotWellAsked(404, 'There is nothing at this path');
    const { gate, bodyByProgress = false } = request.routeOptions.config.rules ?? {};
    if (gate !== undefined) this.gate(gate).check(request);
    checkQuery(request.url);
    checkBody(request);
    if (bodyByProgress) this.bodies.expectByProgress(request.raw);
  }

  private gate(type: Type<Gate>): Gate {
    const gate = this.gates.get(type) ?? this.modules.get<Gate>(type, { strict: false });
    this.gates.set(type, gate);
    return gate;
  }
}

function checkQuery(url: string): void {
  const at = url.indexOf('?');
  if (at === -1) return;
  if (url.length - at - 1 > LONGEST_QUERY) {
    throw new NotWellAsked(414, `The query is longer than ${LONGEST_QUERY} characters`);
  }
  let names = 1;
  for (let next = url.indexOf('&', at); next !== -1; next = url.indexOf('&', next + 1)) names += 1;
  if (names > MOST_QUERY_NAMES) {
    throw new NotWellAsked(422, `The query has more than ${MOST_QUERY_NAMES} parameters`);
  }
}

function checkBody({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    throw new NotWellAsked(415, 'The body must not be compressed');
  }
  if (notUtf8Charset(headers['content-type'])) throw new NotWellAsked(415, 'The body must be UTF-8');
}
