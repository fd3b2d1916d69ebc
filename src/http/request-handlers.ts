import { type RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { ModulesContainer } from '@nestjs/core';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyRequest } from 'fastify';
import { asRequest, contextOf } from '../observability/request-context.js';

type Handler = (...given: unknown[]) => unknown;
type Arguments = Record<string, { readonly index: number }>;

const seen = new WeakSet<Handler>();

/**
 * Has each handler of each controller begin as its request (`asRequest`), whose id then goes along with what it asks of other roles: Nest calls a
 * handler in a later turn than it hears of the request. Before the app's routes are made.
 */
export function beginAsRequests(app: NestFastifyApplication): void {
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype === 'function') wrapHandlers(metatype as Type);
    }
  }
}

function wrapHandlers(controller: Type): void {
  const prototype = controller.prototype as Record<string, Handler>;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const handler = prototype[name];
    if (typeof handler !== 'function' || seen.has(handler)) continue;
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
    if (method !== undefined) prototype[name] = wrap(controller, name, handler);
  }
}

/** The request is given to it as one more argument, behind its own. */
function wrap(controller: Type, name: string, handler: Handler): Handler {
  const given = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Arguments;
  const index = Math.max(-1, ...Object.values(given).map((each) => each.index)) + 1;
  const withRequest = { ...given, [`${RouteParamtypes.REQUEST}:${index}`]: { index, pipes: [] } };
  Reflect.defineMetadata(ROUTE_ARGS_METADATA, withRequest, controller, name);
  const wrapped = function (this: unknown, ...all: unknown[]): unknown {
    const request = all[index] as FastifyRequest | undefined;
    const context = request && contextOf(request.raw);
    return asRequest(context, () => handler.apply(this, all.slice(0, index)));
  };
  for (const key of Reflect.getMetadataKeys(handler) as unknown[]) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), wrapped);
  }
  Object.defineProperty(wrapped, 'name', { value: handler.name });
  seen.add(wrapped);
  return wrapped;
}
