import { fastifyStatic } from '@fastify/static';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance, type FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SECURITY_HEADERS } from './security-headers.js';

/** Beside the sources as beside the build. */
const BUILT_PAGES = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Addresses of `web/src/app.tsx`: each answers the same page, which reads its own address. */
const PAGE_PATHS = [
  '/',
  '/book/:id',
  '/my-orders',
  '/basket',
  '/checkout',
  '/order/:orderId',
  '/admin',
  '/admin/:section',
  '/ops',
  '/ops/book',
  '/ops/book/:id',
  '/ops/follow',
  '/ops/follow/:id',
  '/ops/try',
] as const;

const NOT_BUILT =
  'The pages are not built yet: run `npm run build:web`. The API works without them, see /api.\n';

/** The pages and their assets, compressed when they were built, as plain Fastify routes. */
@Injectable()
export class PagesRoute implements OnModuleInit {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  onModuleInit(): void {
    const instance = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    void instance.register(async (scope) => servePages(scope, BUILT_PAGES));
  }
}

/** `folder`: what `vite build` wrote. It may come into being later. */
export async function servePages(scope: FastifyInstance, folder: string): Promise<void> {
  await scope.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    suppressWarning: true,
    index: false,
    // Their names hold a hash of what is in them.
    immutable: true,
    maxAge: '365d',
    setHeaders: addSecurityHeaders,
  });
  for (const path of PAGE_PATHS) {
    scope.get(path, (_request, reply) => {
      if (!existsSync(join(folder, 'index.html'))) return reply.code(503).type('text/plain').send(NOT_BUILT);
      addSecurityHeaders(reply);
      return reply
        .header('cache-control', 'no-cache')
        .sendFile('index.html', folder, { cacheControl: false });
    });
  }
}

function addSecurityHeaders(reply: FastifyReply): void {
  void reply.headers(SECURITY_HEADERS);
}
