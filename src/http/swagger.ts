import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';
import { type Role } from '../config/index.js';

/** Names for `@ApiBearerAuth(...)`. */
export const CLUSTER_SECRET_AUTH = 'clusterSecret';
export const ADMIN_TOKEN_AUTH = 'adminToken';

const TITLES: Readonly<Record<Role, string>> = {
  catalog: 'Bazar catalog',
  order: 'Bazar order server',
  frontend: 'Bazar bookstore',
};

const PATHS = ['/api', '/api/*', '/api-json', '/api-yaml'];
/** The outer answer has its own. */
const HOP_HEADERS = ['connection', 'date', 'keep-alive', 'transfer-encoding'];

/**
 * Swagger UI at `/api`, the document at `/api-json` and `/api-yaml`: pages of an app of its own, which is made when somebody first asks.
 * Few do, and what it loads is a fifth of a role's start (docs/adr/0018-bundle.md).
 */
export function setUpSwagger(app: NestFastifyApplication, role: Role): void {
  let pages: Promise<FastifyInstance> | undefined;
  for (const path of PATHS) {
    app
      .getHttpAdapter()
      .getInstance()
      .get(path, async ({ url, headers }, reply) => {
        pages ??= swaggerPages(app, role);
        // Who asks next tries again.
        pages.catch(() => (pages = undefined));
        const answer = await (await pages).inject({ method: 'GET', url, headers });
        if (answer.statusCode === 404) return reply.callNotFound();
        for (const header of HOP_HEADERS) delete answer.headers[header];
        return reply.code(answer.statusCode).headers(answer.headers).send(answer.rawPayload);
      });
  }
}

@Module({})
class SwaggerPages {}

async function swaggerPages(app: NestFastifyApplication, role: Role): Promise<FastifyInstance> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const options = new DocumentBuilder()
    .setTitle(TITLES[role])
    .setVersion('3.0')
    .addBearerAuth({ type: 'http', description: 'CLUSTER_SECRET' }, CLUSTER_SECRET_AUTH)
    .addBearerAuth({ type: 'http', description: 'ADMIN_TOKEN' }, ADMIN_TOKEN_AUTH)
    .build();
  const document = SwaggerModule.createDocument(app, options);
  const pages = await NestFactory.create<NestFastifyApplication>(SwaggerPages, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  SwaggerModule.setup('api', pages, document, {
    jsonDocumentUrl: 'api-json',
    yamlDocumentUrl: 'api-yaml',
    customSiteTitle: TITLES[role],
  });
  await pages.init();
  const instance = pages.getHttpAdapter().getInstance();
  await instance.ready();
  return instance;
}
